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
///           "pid": 7, "os_pid": 4711, "slot": 1, "state": "running", "reason": "", "restarts": 1,
///           "uptime": 12.5, "next_start": null,
///           "last_exit": {"code": 1, "signal": null, "at": 1763800000.5, "text": "exit code
///           1"}}]}]}
///
/// Times are in seconds; `at` counts from 1970. `os_pid`, `uptime`, `next_start` and `last_exit`
/// are null where there is none. The values of environment variables are never in it.

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
