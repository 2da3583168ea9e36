#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "gaffer/exit_status.h"

namespace gaffer {

/// Something that happened to a template or to one of its processes, told after it happened.
struct Event {
  enum class Kind {
    Create,   ///< A template was added.
    Update,   ///< A template was changed, also only the number of its processes.
    Delete,   ///< A template was removed, and its last process is gone.
    Start,    ///< A template was started.
    Stop,     ///< A template was asked to stop.
    Restart,  ///< A template, or one of its processes, was asked to restart.
    Reload,   ///< The same for a reload.
    Spawn,    ///< A process runs.
    Exit,     ///< A process ended.
    Reap,     ///< A process lost its place: there are to be fewer, or a new one has taken it over.
    StopPid,  ///< A process was asked to end, for whatever reason.
    Flap,     ///< Its processes keep ending: the template waits.
    Fail,     ///< A process could not be started; of a template: it was given up.
  };

  Kind kind;
  std::string name;       ///< Of the template.
  int slot = 0;           ///< Of the process; 0 for events of the template, and for one-off runs.
  std::uint64_t pid = 0;  ///< gaffer's id of the process; 0 for events of the template.
  pid_t os_pid = 0;
  bool is_once = false;              ///< Of a one-off run.
  bool is_detached = false;          ///< Of a process that outlives the manager.
  std::optional<ExitStatus> status;  ///< With Exit.
  std::string reason;                ///< With events of a process, Flap and Fail: why, in words.

  /// One more than that of the event before. Whoever knows the last one he has heard can ask for
  /// those after it.
  std::uint64_t revision = 0;
  std::chrono::system_clock::time_point time{};  ///< When it happened.
};

/// `spawn`, `exit`, `stop_pid` …
std::string_view event_name(Event::Kind kind);

}  // namespace gaffer
