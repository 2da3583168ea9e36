#pragma once

#include <algorithm>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "os/files.h"

namespace gaffer::test {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kHasSanitizer = true;
#else
constexpr bool kHasSanitizer = false;
#endif

/// Line `number` of the puppet's `spam`, which is 100 bytes long with its newline.
inline std::string spam_line(std::size_t number) {
  std::string line = std::to_string(number) + " ";
  line.resize(99, static_cast<char>('a' + number % 26));
  return line;
}

/// Byte `i` of the puppet's `spam-hard`: of all values but the newline's.
inline char hard_byte(std::size_t i) {
  const auto byte = static_cast<char>((i * 31 + i / 251) % 256);
  return byte == '\n' ? 'n' : byte;
}

/// What is not as `spam` wrote it: lost, repeated and torn lines are each said once; empty when all
/// of `text` are its lines from `first` on, whole and in order. `count` is then how many.
inline std::string what_is_wrong(std::string_view text, std::size_t& count, std::size_t first = 0) {
  count = 0;
  while (!text.empty()) {
    const std::string expected = spam_line(first + count) + "\n";
    if (!text.starts_with(expected)) {
      return "instead of line " + std::to_string(first + count) + ": " +
             std::string(text.substr(0, 120));
    }
    text.remove_prefix(expected.size());
    ++count;
  }
  return "";
}

/// The bytes of a log: its closed segments, in the order of their names, and the one that is written.
inline std::string log_bytes(const std::string& path) {
  const std::filesystem::path log(path);
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(log.parent_path())) {
    const std::string name = entry.path().filename();
    if (name.starts_with(log.filename().string() + ".")) names.push_back(entry.path());
  }
  std::ranges::sort(names);
  names.push_back(path);
  std::string bytes;
  for (const std::string& name : names)
    bytes += os::read_file(name, std::size_t{1} << 30).value_or("");
  return bytes;
}

/// A file system in memory where there is one: for tests with many bytes.
inline std::filesystem::path fast_directory() {
  return std::filesystem::is_directory("/dev/shm") ? "/dev/shm"
                                                   : std::filesystem::temp_directory_path();
}

}  // namespace gaffer::test
