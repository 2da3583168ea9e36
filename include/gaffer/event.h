#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "gaffer/exit_status.h"

namespace gaffer {

/// Something that happened to a template or to one of its processes, told after it happened.
struct Event {
  enum class Kind {
    Create,  ///< A template was added.
    Delete,  ///< A template was removed, and its last process is gone.
    Start,   ///< A template was started.
    Stop,    ///< A template was asked to stop.
    Update,  ///< A template was changed, also only the number of its processes.
    Flap,    ///< Its processes keep ending: it waits.
    Spawn,   ///< A process runs.
    Fail,    ///< A process could not be started; of the template: it was given up.
    Exit,    ///< A process ended.
  };

  Kind kind;
  std::string name;       ///< Of the template.
  int slot = 0;           ///< Of the process; 0 for events of the template.
  std::uint64_t pid = 0;  ///< gaffer's id of the process.
  pid_t os_pid = 0;
  std::optional<ExitStatus> status;  ///< With Exit.
  std::string reason;                ///< With Fail, Flap and Exit: what happened, in words.
};

/// `spawn`, `exit` …
std::string_view event_name(Event::Kind kind);

}  // namespace gaffer
