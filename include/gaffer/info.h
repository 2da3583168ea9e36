#pragma once

/// \file
/// What gaffer knows of a process and tells when asked: wanted, actual, since when, why, what next.

#include <sys/types.h>

#include <chrono>
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
};

/// `running`, `waiting` …
std::string_view state_name(ProcessState state);

/// How and when a process ended.
struct LastExit {
  ExitStatus status;
  std::chrono::system_clock::time_point at;
};

/// One slot of a template and the process in it.
struct ProcessInfo {
  std::string name;  ///< Of the template.
  int slot = 0;      ///< 1 … numprocesses; kept over restarts.
  std::uint64_t pid =
      0;  ///< gaffer's own, never reused; of the present or last process, 0 before the first.
  pid_t os_pid = 0;  ///< The kernel's; 0 when nothing runs.
  ProcessState state = ProcessState::Stopped;
  std::string reason;  ///< Why it is in this state, in words.
  std::uint64_t restarts = 0;
  std::optional<std::chrono::milliseconds> uptime;      ///< While it runs.
  std::optional<std::chrono::milliseconds> next_start;  ///< While it waits: from now.
  std::optional<LastExit> last_exit;
};

/// A template and its slots.
struct TemplateInfo {
  ProcessTemplate process_template;
  bool is_wanted = false;  ///< Started, and not stopped since.
  std::vector<ProcessInfo> processes;
};

}  // namespace gaffer
