#pragma once

/// \file
/// What gaffer knows of a process and tells when asked: wanted, actual, since when, why, what next.

#include <sys/types.h>

#include <chrono>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gaffer/exit_status.h"
#include "gaffer/process_template.h"

namespace gaffer {

/// Where a slot of a template is in its life. `docs/design/lifecycle.md` has the whole table.
enum class ProcessState {
  Stopped,     ///< Nothing runs and nothing will by itself.
  Starting,    ///< Being made.
  Running,     ///< An OS process is there.
  Waiting,     ///< It ended or could not be started; the next start has a time.
  Stopping,    ///< Asked to end, not gone yet.
  Restarting,  ///< Asked to end in order to be started again.
  Reloading,   ///< Runs, beside the new process that is to take its place.
  Failed,      ///< Given up: it kept ending. Nothing happens until somebody starts it.
};

/// `running`, `waiting` …
std::string_view state_name(ProcessState state);

/// How and when a process ended.
struct LastExit {
  ExitStatus status;
  std::chrono::system_clock::time_point at;
  bool is_out_of_memory = false;  ///< The kernel killed somebody in its cgroup for want of memory.
};

/// `exit code 1`, `killed by SIGKILL (out of memory)` …
std::string describe(const LastExit& last_exit);

/// One slot of a template and the process in it.
struct ProcessInfo {
  std::string name;  ///< Of the template.
  int slot = 0;      ///< 1 … numprocesses; kept over restarts. 0: a one-off run.
  std::uint64_t pid =
      0;  ///< gaffer's own, never reused; of the present or last process, 0 before the first.
  pid_t os_pid = 0;  ///< The kernel's; 0 when nothing runs.
  ProcessState state = ProcessState::Stopped;
  std::chrono::milliseconds since{};  ///< How long it has been in this state.
  bool is_wanted = false;             ///< It is to run; it need not, while it waits or has failed.
  std::string reason;                 ///< Why it is in this state, in words.
  bool is_held = false;               ///< Its template waits as a whole: flapping.
  std::uint64_t restarts = 0;
  std::optional<std::chrono::milliseconds> uptime;      ///< While it runs.
  std::optional<std::chrono::milliseconds> next_start;  ///< While it waits: from now.
  std::optional<LastExit> last_exit;
  std::uint32_t early_exits = 0;  ///< Ends in a row that came too soon, and failed starts …
  std::chrono::milliseconds early_since{};  ///< … the first of them this long ago.
};

/// An output stream of a slot.
struct OutputId {
  std::string name;  ///< Of the template.
  int slot = 0;
  std::string label;  ///< Empty: the first one.

  auto operator<=>(const OutputId&) const = default;  // NOLINT(modernize-use-nullptr)
};

/// A template and its slots.
struct TemplateInfo {
  ProcessTemplate process_template;
  bool is_wanted = false;  ///< Started, and not stopped since.
  std::vector<ProcessInfo> processes;
};

}  // namespace gaffer
