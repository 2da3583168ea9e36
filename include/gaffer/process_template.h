#pragma once

#include <chrono>
#include <csignal>
#include <cstddef>
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

/// When a template that keeps failing is stopped for a while, and when for good.
struct Flapping {
  int attempts = 2;                           ///< So many unexpected ends, 1 … 1,000 …
  std::chrono::milliseconds window{1'000};    ///< … within this time stop the template.
  std::chrono::milliseconds retry_in{7'000};  ///< So much later it is started again.
  int max_retry = 5;                          ///< After so many rounds in a row it stays stopped.

  bool operator==(const Flapping&) const = default;
};

/// How fast a process that keeps ending is started again: at once the first time, then after base,
/// 2 base, 4 base … up to cap.
struct Backoff {
  std::chrono::milliseconds base{100};           ///< The first pause; 0: never any.
  std::chrono::milliseconds cap{30'000};         ///< The longest.
  double jitter = 0.2;                           ///< Share by which a pause is spread, 0 … 1.
  std::chrono::milliseconds min_uptime{10'000};  ///< Who lived this long begins anew.

  bool operator==(const Backoff&) const = default;
};

/// A limit of setrlimit(2); empty is unlimited.
struct ResourceLimit {
  std::optional<std::uint64_t> soft;
  std::optional<std::uint64_t> hard;

  bool operator==(const ResourceLimit&) const = default;
};

/// What a process gets of the disks' time, ioprio_set(2).
struct IoPriority {
  enum class Class { Realtime = 1, BestEffort = 2, Idle = 3 };
  Class io_class = Class::BestEffort;
  int level = 4;  ///< 0 (first) … 7; means nothing when idle.

  bool operator==(const IoPriority&) const = default;
};

/// What happens to output while there is no space for it.
enum class OnFull {
  Wait,  ///< The process waits, as at any full pipe, and nothing is lost.
  Drop,  ///< The process goes on; what it writes is counted and gone.
};

/// The size of a terminal.
struct TerminalSize {
  int rows = 24;  ///< 1 … 65,535, as columns.
  int columns = 80;

  bool operator==(const TerminalSize&) const = default;
};

/// How to launch a process and how many of them: a plain value. `validate` says what is wrong with
/// one. The properties stand as in a manual, not as they would fill a cache line.
struct ProcessTemplate {  // NOLINT(clang-analyzer-optin.performance.Padding)
  /// Letters, digits, `.`, `_`, `-`; at most 64; at least one letter, because a number alone is a
  /// pid. In a group it is `group:name`, both parts of this form.
  std::string name;

  /// The program, and arguments that belong to it: split into words as a POSIX shell would, unless
  /// `shell` is set. A program without a slash is looked up in PATH of the process's own
  /// environment.
  std::string cmd;

  /// Further arguments, taken as they are.
  std::vector<std::string> args;

  /// Variables of the process, on top of `env_file` and of the manager's own environment.
  std::map<std::string, std::string> env;

  /// A file of variables, read whenever a process is started; empty: none.
  std::string env_file;

  /// `$NAME`, `${NAME}` and `${NAME:-otherwise}` in `cmd`, `args`, `cwd` and the values of `env`
  /// stand for variables of the process, `$$` for a dollar sign; set, they are taken as they are.
  /// With `shell`, `cmd` and `args` are left to the shell.
  bool raw = false;

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

  /// Stops a template whose processes keep ending; empty: it is started again for ever, at the pace
  /// of `backoff`.
  std::optional<Flapping> flapping;

  Backoff backoff;

  /// The process is started and then left alone: it outlives the manager and is not started again.
  /// It is listed while the manager lives, and its standard streams are /dev/null.
  bool detach = false;

  /// Labels of standard output and, second, of standard error; any words, at most two. The same
  /// word twice is one stream, so that the order of the writes is kept; a stream without a label is
  /// /dev/null. Empty: both in one stream, `output`.
  std::vector<std::string> redirect_output;

  /// Standard input is a pipe that can be written to; otherwise it is /dev/null.
  bool redirect_input = false;

  /// Streams of the process's own for both directions, at descriptors 3, 4 … in this order: labels,
  /// at most 8, other than those of its output. Each is one end of a socket pair; what the process
  /// writes there is kept as its output is.
  std::vector<std::string> custom_streams;

  /// \name Where output is kept, and how much of it. Without a path the manager's own directory is
  /// the place, or memory.
  /// @{
  /// Absolute paths of files, in which `{name}`, `{slot}`, `{pid}`, `{label}` and `{date}` (the day,
  /// 2026-11-24) stand for what they say. The same for both is one stream. A log that is closed is
  /// called by its path and the offset of its first byte. With a `uid` the file is that user's to
  /// make and to write.
  std::string stdout_log;
  std::string stderr_log;
  std::uint64_t log_max_size = std::uint64_t{10} << 20;  ///< Bytes of a file; 0: any number.
  int log_keep = 5;  ///< Closed files of a stream that are kept, 0 … 10,000.
  std::optional<std::chrono::milliseconds> log_max_age;  ///< How old they get, up to 10 years.
  std::optional<std::uint64_t> log_total;  ///< Bytes of all closed files of the template.
  bool log_compress = false;               ///< Closed files are compressed with zstd.
  OnFull on_full = OnFull::Wait;
  /// @}

  /// The process runs in a terminal of this size, which is its standard input, output and error.
  std::optional<TerminalSize> pty;

  /// Limits by their names in getrlimit(2), in lower case: `nofile`, `core`, `stack` …
  std::map<std::string, ResourceLimit> rlimits;

  /// \name Best effort: where one is refused the process runs without it, and its reason says so.
  /// @{
  std::optional<int> nice;  ///< -20 (first) … 19.
  std::optional<IoPriority> ionice;
  std::set<int> cpu_affinity;        ///< The processors it may run on; empty: as the manager.
  std::optional<int> oom_score_adj;  ///< -1,000 (never killed) … 1,000.
  /// @}

  /// \name Limits of the process with all its children. They need cgroup v2 with the controller.
  /// @{
  std::optional<std::uint64_t> memory_limit;  ///< Bytes.
  std::optional<double> cpu_limit;            ///< Processors: 0.5 is half of one.
  std::optional<int> pids_limit;              ///< Processes and threads.
  /// @}

  /// How long a process may take to end after it was asked to; then it is killed. Up to one day.
  std::chrono::milliseconds graceful_timeout = std::chrono::seconds(10);

  bool operator==(const ProcessTemplate&) const = default;
};

constexpr std::size_t kMaxCustomStreams = 8;  ///< Bound of ProcessTemplate::custom_streams.
constexpr int kMaxProcesses = 10'000;         ///< Bound of ProcessTemplate::numprocesses.

}  // namespace gaffer
