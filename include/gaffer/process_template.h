#pragma once

#include <chrono>
#include <csignal>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace gaffer {

/// After which ends a process is started again.
enum class Restart {
  Always,     ///< All, also a success.
  OnFailure,  ///< Those that are no success: another code than `success_exit_codes`, or a signal.
  Never,
};

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

  /// Who the process runs as, by name or number; empty: as the manager. With `uid` alone it has
  /// that user's group and all groups that user is a member of; `gid` replaces the group. With a
  /// user come HOME, USER, LOGNAME and SHELL.
  std::string uid;
  std::string gid;

  /// Whether the process gets the manager's environment below its own variables.
  bool os_env = true;

  /// The file mode creation mask; empty: the manager's.
  std::optional<unsigned> umask;

  /// What asks a process to end.
  int stop_signal = SIGTERM;

  /// After which ends a process is started again.
  Restart restart = Restart::Always;

  /// Exit codes that are a success, 0 … 255.
  std::set<int> success_exit_codes = {0};

  /// Whether the processes are started when the template is loaded.
  bool start = true;

  /// Templates of a file are started in this order, the lowest first, equal ones as they stand.
  int priority = 1000;

  /// How long a process may take to end after it was asked to; then it is killed. Up to one day.
  std::chrono::milliseconds graceful_timeout = std::chrono::seconds(10);

  bool operator==(const ProcessTemplate&) const = default;
};

constexpr int kMaxProcesses = 10'000;  ///< Bound of ProcessTemplate::numprocesses.

}  // namespace gaffer
