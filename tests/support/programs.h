#pragma once

#include <cstdlib>
#include <string>

namespace gaffer::test {

/// Where the build put a program: the puppet, gafferd, gaffer.
inline std::string program(const std::string& name) {
  const char* directory = std::getenv("GAFFER_TEST_BIN");
  return (directory ? directory : "bin") + ("/" + name);
}

inline std::string puppet() { return program("puppet"); }

}  // namespace gaffer::test
