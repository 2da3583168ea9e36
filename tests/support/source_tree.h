#pragma once

#include <fstream>
#include <sstream>
#include <string>

namespace gaffer::test {

/// The content of a file of the source tree, for tests that hold documents against the code.
inline std::string source_file(const std::string& path) {
  std::ostringstream content;
  content << std::ifstream(std::string(GAFFER_SOURCE_DIR) + "/" + path, std::ios::binary).rdbuf();
  return content.str();
}

}  // namespace gaffer::test
