#pragma once

/// \file
/// What processes use of the machine, as a look at them finds it: Manager::monitor, Manager::stats.
/// What cannot be read, because it is another user's or has just ended, is empty.

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace gaffer {

/// How often, and for what more than the usual.
struct StatsSettings {
  std::chrono::milliseconds refresh{100};  ///< 10 ms to 1 h.
  /// Also `open_files`, `read_bytes` and `written_bytes`: about 2 µs a process, and 0.2 µs for each
  /// open file before Linux 6.2. Of another user's processes only root may know them.
  bool io = false;
  /// Also `pss`: the kernel walks the pages of the process for it, 1 ms for each 100 MB or so.
  bool pss = false;
  bool identity = true;  ///< `username` and `cmdline`: 15 µs for each new process.

  bool operator==(const StatsSettings&) const = default;
};

/// What one process uses, without what those below it use.
struct ProcessStats {
  std::uint64_t pid = 0;                   ///< gaffer's own; 0 for those below, which have none.
  int slot = 0;                            ///< As ProcessInfo::slot.
  pid_t os_pid = 0;                        ///< The kernel's.
  std::optional<std::uint64_t> mem_info1;  ///< Resident bytes; shared pages count for each user.
  std::optional<std::uint64_t> mem_info2;  ///< Virtual bytes.
  /// Percent of one processor since the sample before: 400 where four work all the time. Empty in
  /// the first sample.
  std::optional<double> cpu;
  std::optional<double> mem;  ///< `mem_info1` in percent of the machine's memory.
  std::optional<std::chrono::nanoseconds> ctime;        ///< Processor time since it was started …
  std::optional<std::chrono::nanoseconds> ended_ctime;  ///< … and of children it has waited for.
  std::optional<std::string> username;                  ///< Whom it acts for; else the number.
  std::optional<int> nice;
  std::optional<std::string> cmdline;  ///< Words with blanks between, at most 4 KiB.
  std::optional<int> threads;
  std::optional<std::uint64_t> open_files;     ///< StatsSettings::io
  std::optional<std::uint64_t> read_bytes;     ///< From disks. StatsSettings::io
  std::optional<std::uint64_t> written_bytes;  ///< To disks. StatsSettings::io
  std::optional<std::uint64_t> pss;  ///< Resident bytes, shared ones divided by their users.
  /// Its children, with theirs. Who has lost his parent in a double fork is a child of the process
  /// that gaffer started: all in its cgroup, and without one who has stayed in its session and
  /// became a child of gaffer, which he does where that is a subreaper. Zombies are left out.
  std::vector<ProcessStats> children;
};

/// A process and all below it together.
struct TreeUsage {
  double cpu = 0;
  double mem = 0;
  std::uint64_t resident_bytes = 0;
  std::chrono::nanoseconds ctime{};  ///< With that of the ended ones, as far as it is known.
  std::size_t processes = 0;
};
TreeUsage tree_usage(const ProcessStats& process);

/// The processes of a template, in the order of their slots. The figures are about each process with
/// all below it, as `tree_usage`; zeros when nothing runs.
struct TemplateStats {
  std::string name;
  std::vector<ProcessStats> processes;
  double cpu = 0;
  double max_cpu = 0;
  double min_cpu = 0;
  double mem = 0;
  double max_mem = 0;
  double min_mem = 0;
};

}  // namespace gaffer
