# The library as others link it, static and shared, and what `cmake --install` puts where.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(GAFFER_LIBRARY_PARTS
    base os core/events core/config uv core/policy importers core/stream core/stats wire core/process core/manager c_api)
set(objects)
foreach(part IN LISTS GAFFER_LIBRARY_PARTS)
  string(REPLACE "/" "_" part ${part})
  set_target_properties(gaffer_${part} PROPERTIES POSITION_INDEPENDENT_CODE ON)
  list(APPEND objects $<TARGET_OBJECTS:gaffer_${part}>)
endforeach()

set(exported_symbols ${PROJECT_SOURCE_DIR}/packaging/libgaffer.map)
add_library(gaffer_static STATIC ${objects})
add_library(gaffer_shared SHARED ${objects})
set_target_properties(gaffer_shared PROPERTIES
  VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR} LINK_DEPENDS ${exported_symbols})
target_link_options(gaffer_shared PRIVATE LINKER:--version-script=${exported_symbols})
if(GAFFER_SANITIZE)
  target_link_options(gaffer_shared PRIVATE -fsanitize=${GAFFER_SANITIZE})
endif()
foreach(kind IN ITEMS static shared)
  set_target_properties(gaffer_${kind} PROPERTIES OUTPUT_NAME gaffer EXPORT_NAME ${kind} LINKER_LANGUAGE CXX)
  target_include_directories(gaffer_${kind} INTERFACE $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
  target_compile_features(gaffer_${kind} INTERFACE cxx_std_20)
endforeach()
# By their names: whoever builds against the library has them in the usual places, or says where.
target_link_libraries(gaffer_static INTERFACE uv re2 zstd Threads::Threads)
target_link_libraries(gaffer_shared PRIVATE PkgConfig::re2 PkgConfig::libzstd PUBLIC uv Threads::Threads)

install(TARGETS gafferd gaffer gaffer-keeper RUNTIME)
install(TARGETS gaffer_static gaffer_shared EXPORT gaffer)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/gaffer TYPE INCLUDE)
install(EXPORT gaffer NAMESPACE gaffer:: FILE gaffer-targets.cmake DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/gaffer)
configure_file(${PROJECT_SOURCE_DIR}/packaging/gaffer-config.cmake ${PROJECT_BINARY_DIR}/gaffer-config.cmake COPYONLY)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/gaffer-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/gaffer-config.cmake ${PROJECT_BINARY_DIR}/gaffer-config-version.cmake
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/gaffer)
# It is found from where the file itself lies, so that `--prefix` can be another one later.
file(RELATIVE_PATH prefix_of_pkgconfig /x/${CMAKE_INSTALL_LIBDIR}/pkgconfig /x)
configure_file(${PROJECT_SOURCE_DIR}/packaging/gaffer.pc.in ${PROJECT_BINARY_DIR}/gaffer.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/gaffer.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

foreach(section IN ITEMS 1 5 8)
  file(GLOB pages ${PROJECT_SOURCE_DIR}/docs/man/*.${section})
  install(FILES ${pages} DESTINATION ${CMAKE_INSTALL_MANDIR}/man${section})
endforeach()
foreach(unit IN ITEMS system user)
  set(from ${PROJECT_SOURCE_DIR}/packaging/gafferd.service)
  if(unit STREQUAL user)
    set(from ${PROJECT_SOURCE_DIR}/packaging/user/gafferd.service)
  endif()
  install(FILES ${from} DESTINATION lib/systemd/${unit})
endforeach()

# The program knows its completions itself.
set(completions)
foreach(entry IN ITEMS bash:bash-completion/completions/gaffer zsh:zsh/site-functions/_gaffer
                       fish:fish/vendor_completions.d/gaffer.fish)
  string(REGEX MATCH "^([a-z]+):(.*)/([^/]+)$" matched ${entry})
  set(shell ${CMAKE_MATCH_1})
  set(file ${PROJECT_BINARY_DIR}/completions/${shell}/${CMAKE_MATCH_3})
  add_custom_command(OUTPUT ${file}
    COMMAND ${CMAKE_COMMAND} -E make_directory ${PROJECT_BINARY_DIR}/completions/${shell}
    COMMAND gaffer completion ${shell} > ${file} DEPENDS gaffer VERBATIM)
  list(APPEND completions ${file})
  install(FILES ${file} DESTINATION ${CMAKE_INSTALL_DATADIR}/${CMAKE_MATCH_2})
endforeach()
add_custom_target(gaffer_completions ALL DEPENDS ${completions})
