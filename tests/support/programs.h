#pragma once

#include <filesystem>
#include <string>

namespace gaffer::test {

/// A program that the build put beside this one: the puppet, gafferd, gaffer.
inline std::string program(const std::string& name) {
  return std::filesystem::read_symlink("/proc/self/exe").replace_filename(name).string();
}

inline std::string puppet() { return program("puppet"); }

}  // namespace gaffer::test
