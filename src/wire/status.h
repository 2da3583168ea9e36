#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "gaffer/info.h"
#include "gaffer/result.h"

/// \file
/// The status document of the API, on the wire since version 1:
///
///     {"templates": [{
///        "name": "web", "cmd": "serve", "numprocesses": 2, "wanted": true,
///        "processes": [{
///           "pid": 7, "os_pid": 4711, "slot": 1, "state": "running", "since": 12.5,
///           "wanted": true, "held": false, "reason": "", "restarts": 1,
///           "early_exits": 0, "early_since": 0,
///           "uptime": 12.5, "next_start": null,
///           "last_exit": {"code": 1, "signal": null, "dumped_core": false, "out_of_memory": false,
///                         "at": 1763800000.5, "text": "exit code 1"}}]}]}
///
/// Times are in seconds; `at` counts from 1970. `slot` is 0 of a one-off run. `os_pid`, `uptime`,
/// `next_start` and `last_exit` are null where there is none. The values of environment variables
/// are never in it. What the fields mean stands in gaffer/info.h.

namespace gaffer::wire {

std::string status_document(const std::vector<TemplateInfo>& templates);

/// Reads a status document; fields it does not know are passed over.
/// ERRORS: Protocol.
Result<std::vector<TemplateInfo>> parse_status_document(std::string_view text);

/// `{"error": "not_found", "reason": "no template web"}`: the body of every answer that is an
/// error.
std::string error_document(std::string_view error, std::string_view reason);

/// The reason in an error document, or the text itself if it is none.
std::string reason_of(std::string_view error_document);

}  // namespace gaffer::wire
