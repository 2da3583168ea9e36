#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "gaffer/info.h"
#include "gaffer/result.h"

/// \file
/// The status document of the API, on the wire since version 1:
///
///     {"ok": true, "templates": [{
///        "name": "web", "cmd": "serve", "numprocesses": 2, "wanted": true, "running": 2,
///        "processes": [{
///           "pid": 7, "os_pid": 4711, "name": "web", "slot": 1, "state": "running", "since": 12.5,
///           "wanted": true, "held": false, "reason": "", "restarts": 1,
///           "early_exits": 0, "early_since": 0,
///           "uptime": 12.5, "next_start": null,
///           "last_exit": {"code": 1, "signal": null, "dumped_core": false, "out_of_memory": false,
///                         "at": 1763800000.5, "text": "exit code 1"}}]}]}
///
/// Times are in seconds; `at` counts from 1970. `slot` is 0 of a one-off run. `os_pid`, `uptime`,
/// `next_start` and `last_exit` are null where there is none. The values of environment variables
/// are never in it. What the fields mean stands in gaffer/info.h.
///
/// Where it is about a single template it has besides what clients of Gaffer 0.3 look for: `active`
/// (the template's `wanted`), `running`, `max_processes` and `numprocesses`.

namespace gaffer::wire {

std::string status_document(const std::vector<TemplateInfo>& templates);

/// The list of templates in it, alone.
std::string templates_document(const std::vector<TemplateInfo>& templates);

/// One of its processes, alone.
std::string process_document(const ProcessInfo& process);

/// An entity tag, weak: two status documents that have the same differ in nothing but how much time
/// has passed.
std::string status_tag(const std::vector<TemplateInfo>& templates);

/// Reads a status document; fields it does not know are passed over.
/// ERRORS: Protocol.
Result<std::vector<TemplateInfo>> parse_status_document(std::string_view text);

/// `{"error": "not_found", "reason": "no template web"}`: the body of every answer that is an
/// error.
std::string error_document(std::string_view error, std::string_view reason);

/// The reason in an error document, or the text itself if it is none.
std::string reason_of(std::string_view error_document);

}  // namespace gaffer::wire
