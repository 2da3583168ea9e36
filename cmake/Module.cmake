# gaffer_module(folder NEEDS folder... LIBS target...)
#
# One line per folder of src/. It is the folder's link line and its law: tools/check_layers.py reads the
# same line and refuses an #include of anything that is neither in NEEDS, nor base, nor include/gaffer.
# A folder must be declared after everything it needs, so the calls read from the ground floor up.
#
# Every x_test.cc in the folder goes into one test program of that folder.
function(gaffer_module folder)
  cmake_parse_arguments(arg "" "" "NEEDS;LIBS" ${ARGN})
  string(REPLACE "/" "_" name ${folder})
  set(target gaffer_${name})

  file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/${folder}/*.cc)
  set(tests ${sources})
  list(FILTER tests INCLUDE REGEX "_test\\.cc$")
  list(FILTER sources EXCLUDE REGEX "_test\\.cc$")

  if(sources)
    add_library(${target} STATIC ${sources})
    set(reach PUBLIC)
  else()
    add_library(${target} INTERFACE)
    set(reach INTERFACE)
  endif()
  target_link_libraries(${target} ${reach} gaffer_options)
  foreach(need IN LISTS arg_NEEDS)
    string(REPLACE "/" "_" need ${need})
    if(NOT TARGET gaffer_${need})
      message(FATAL_ERROR "${folder} needs ${need}, which is not declared above it")
    endif()
    target_link_libraries(${target} ${reach} gaffer_${need})
  endforeach()
  target_link_libraries(${target} ${reach} ${arg_LIBS})

  if(tests AND GAFFER_TESTS)
    gaffer_test(${name}_test ${target} ${tests})
  endif()
endfunction()

# gaffer_program(folder NAME name NEEDS folder... LIBS target...): the same for a folder with a main.cc.
function(gaffer_program folder)
  cmake_parse_arguments(arg "" "NAME" "NEEDS;LIBS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/${folder}/*.cc)
  add_executable(${arg_NAME} ${sources})
  list(TRANSFORM arg_NEEDS REPLACE "/" "_")
  list(TRANSFORM arg_NEEDS PREPEND "gaffer_")
  target_link_libraries(${arg_NAME} PRIVATE ${arg_NEEDS} ${arg_LIBS})
endfunction()

# gaffer_bare_program(folder NAME name NEEDS folder...): a program without any library, not even C's, built from
# the sources of the folders it needs, and always as people run it: no sanitizer.
function(gaffer_bare_program folder)
  cmake_parse_arguments(arg "" "NAME" "NEEDS" ${ARGN})
  set(sources)
  foreach(part IN LISTS folder arg_NEEDS)
    file(GLOB found CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/${part}/*.cc)
    list(APPEND sources ${found})
  endforeach()
  list(FILTER sources EXCLUDE REGEX "_test\\.cc$")
  add_executable(${arg_NAME} ${sources})
  target_include_directories(${arg_NAME} PRIVATE ${PROJECT_SOURCE_DIR}/src)
  target_compile_definitions(${arg_NAME} PRIVATE GAFFER_VERSION="${PROJECT_VERSION}")
  target_compile_options(${arg_NAME} PRIVATE
    -O2 -ffreestanding -fno-exceptions -fno-rtti -fno-threadsafe-statics -fno-stack-protector -fno-pie
    -fno-asynchronous-unwind-tables -U_FORTIFY_SOURCE -Wall -Wextra
    $<$<BOOL:${GAFFER_WERROR}>:-Werror>)
  target_link_options(${arg_NAME} PRIVATE -static -nostdlib -no-pie -Wl,-z,noexecstack -Wl,--build-id=none)
endfunction()

# gaffer_test(name target source...): one GoogleTest program; every TEST in it is a ctest of its own.
function(gaffer_test name target)
  add_executable(${name} ${ARGN})
  add_dependencies(${name} puppet)
  target_link_libraries(${name} PRIVATE ${target} gaffer_test_support GTest::gtest GTest::gtest_main)
  gtest_discover_tests(${name} TEST_PREFIX "${name}." NO_PRETTY_VALUES DISCOVERY_TIMEOUT 60
                       PROPERTIES TIMEOUT 120)
endfunction()
