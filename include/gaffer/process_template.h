#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gaffer {

/// How to launch a process and how many of them: a plain value. `validate` says what is wrong with
/// one.
struct ProcessTemplate {
  /// Letters, digits, `.`, `_`, `-`; at most 64; at least one letter, because a number alone is a
  /// pid.
  std::string name;

  /// The program, and arguments that belong to it: split into words as a POSIX shell would, unless
  /// `shell` is set. A program without a slash is looked up in PATH of the process's own
  /// environment.
  std::string cmd;

  /// Further arguments, taken as they are.
  std::vector<std::string> args;

  /// Variables of the process, on top of the manager's own environment.
  std::map<std::string, std::string> env;

  /// Where the process runs; empty: where the manager runs.
  std::string cwd;

  /// How many processes to keep alive, 0 … 10,000.
  int numprocesses = 1;

  /// Runs `/bin/sh -c` over `cmd` and the quoted `args` instead.
  bool shell = false;

  /// Gives slot n the value `port` + n - 1 as $PORT.
  std::optional<std::uint16_t> port;

  /// How long a process may take to end after it was asked to; then it is killed. Up to one day.
  std::chrono::milliseconds graceful_timeout = std::chrono::seconds(10);

  bool operator==(const ProcessTemplate&) const = default;
};

constexpr int kMaxProcesses = 10'000;  ///< Bound of ProcessTemplate::numprocesses.

}  // namespace gaffer
