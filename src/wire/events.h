#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "gaffer/event.h"
#include "gaffer/result.h"

/// \file
/// An event as the API tells it, since version 1:
///
///     {"event": "exit", "revision": 7, "time": 1763800000.5, "name": "web", "slot": 1, "pid": 3,
///      "os_pid": 4711, "once": false, "detached": false, "exit_status": 1, "term_signal": 0,
///      "reason": "exit code 1"}
///
/// What does not belong to an event is left out: `slot`, `pid` and `os_pid` of events of a whole
/// template, `exit_status` and `term_signal` of all but `exit`, an empty `reason`.

namespace gaffer::wire {

std::string event_document(const Event& event);

/// What stands in the place of events that are no longer kept: `{"event": "gap", "from": 8, "to":
/// 12}`. Whoever reads it looks at the status and goes on.
std::string gap_document(std::uint64_t from, std::uint64_t to);

/// Reads an event document. ERRORS: Protocol, also of a gap, and of a kind that is not known.
Result<Event> parse_event_document(std::string_view text);

struct Gap {
  std::uint64_t from = 0;
  std::uint64_t to = 0;

  bool operator==(const Gap&) const = default;
};
/// Nothing if the text is something else.
std::optional<Gap> parse_gap_document(std::string_view text);

/// Whether an event belongs to a topic: `.` is all, `exit` every end, `proc.web` all of web,
/// `proc.web.exit` its ends.
bool is_of_topic(const Event& event, std::string_view topic);

}  // namespace gaffer::wire
