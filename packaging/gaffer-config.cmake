# find_package(gaffer): gaffer::shared and gaffer::static; gaffer::gaffer is the shared one.
include(CMakeFindDependencyMacro)
find_dependency(Threads)
include(${CMAKE_CURRENT_LIST_DIR}/gaffer-targets.cmake)
if(NOT TARGET gaffer::gaffer)
  add_library(gaffer::gaffer ALIAS gaffer::shared)
endif()
