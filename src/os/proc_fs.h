#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <vector>

#include "gaffer/result.h"

namespace gaffer::os {

/// The fields of /proc/PID/stat that gaffer uses (proc(5)).
struct ProcStat {
  pid_t pid = 0;
  char state = '?';  ///< R, S, D, Z, T …
  pid_t parent = 0;
  pid_t group = 0;
  pid_t session = 0;
  std::uint64_t start_ticks =
      0;  ///< Since boot, in clock ticks; with the pid it names a process for good.
};

/// ERRORS: NotFound when there is no such process, Protocol when the line cannot be read.
Result<ProcStat> read_proc_stat(pid_t pid);

/// Reads the text of a stat line. The command name in it may hold blanks and parentheses.
Result<ProcStat> parse_proc_stat(std::string_view line);

/// Calls `visit` with the number of every process of the system.
/// ERRORS: when /proc cannot be looked through.
Result<void> each_pid(const std::function<void(pid_t)>& visit);

/// The children of a process, of all its threads, /proc/PID/task/TID/children in proc(5): some may
/// be missing while they come and go. Empty when there is no such process, or where the kernel has
/// no such file (CONFIG_PROC_CHILDREN).
std::vector<pid_t> children_of(pid_t pid);

/// Calls `visit` for every process of the system until it returns false. Costs about 4 µs a
/// process.
/// ERRORS: when /proc cannot be looked through; a process that goes meanwhile is none.
Result<void> each_process(const std::function<bool(const ProcStat&)>& visit);

/// Signals every member of a process group whose leader is gone and reaped, each through a pidfd
/// that was checked to be a member, so that a reused number is never hit.
/// ERRORS: NotFound when there is no member, or when the number belongs to a new process by now.
Result<void> signal_group_members(pid_t group, int signal);

/// A member of a process group that is not a zombie, or 0: PID 1 may take its time to reap orphans,
/// and in a container it may never do so. Costs as `each_process`, or next to nothing if `known`, a
/// pid answered before, is one still.
/// ERRORS: as `each_process`.
Result<pid_t> living_member(pid_t group, pid_t known = 0);

/// Resident memory of a process in bytes, and the voluntary and involuntary context switches of its
/// main thread: what the idle and memory promises are measured by.
struct ProcUsage {
  std::uint64_t resident_bytes = 0;
  std::uint64_t context_switches = 0;
};

/// ERRORS: NotFound, Protocol.
Result<ProcUsage> read_proc_usage(pid_t pid);

}  // namespace gaffer::os
