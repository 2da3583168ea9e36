#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gaffer/exit_status.h"
#include "gaffer/result.h"

namespace gaffer::wire {

/// One process from its start to its end.
struct Run {
  std::uint64_t pid = 0;  ///< gaffer's own.
  std::string name;
  int slot = 0;
  pid_t os_pid = 0;
  std::chrono::system_clock::time_point started{};
  std::optional<std::chrono::system_clock::time_point> ended;
  ExitStatus status;   ///< Once it has ended.
  std::string reason;  ///< The same in words.
};

/// An array, the newest first: `[{"name": "web", "slot": 1, "pid": 7, "os_pid": 4711, "started":
/// 1795597676.13, "ended": null}]`. One that has ended has `exit_status` and `term_signal`, which
/// are null where nobody heard how, and `reason`. Times are seconds since 1970.
std::string runs_document(const std::vector<Run>& runs);
/// ERRORS: Protocol.
Result<std::vector<Run>> parse_runs_document(std::string_view text);

}  // namespace gaffer::wire
