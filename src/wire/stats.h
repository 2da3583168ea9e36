#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "gaffer/result.h"
#include "gaffer/stats.h"

/// \file
/// Statistics as the API tells them, since version 1:
///
///     {"event": "STATS", "templates": [
///       {"name": "web", "cpu": 12.5, "max_cpu": 12.5, "min_cpu": 12.5,
///        "mem": 0.5, "max_mem": 0.5, "min_mem": 0.5, "processes": [
///         {"pid": 3, "slot": 1, "os_pid": 4711, "mem_info1": 20971520, "mem_info2": 104857600,
///          "cpu": 12.5, "mem": 0.5, "ctime": 1.25, "ended_ctime": 0, "username": "www-data",
///          "nice": 0, "cmdline": "python3 web.py", "threads": 1, "children": []}]}]}
///
/// Bytes, percent and seconds are numbers; what cannot be known is null. `open_files`, `read_bytes`,
/// `written_bytes` and `pss` are there where they were asked for. Children have no `pid` and no
/// `slot`.

namespace gaffer::wire {

std::string stats_document(const std::vector<TemplateStats>& templates,
                           const StatsSettings& settings);

/// ERRORS: Protocol.
Result<std::vector<TemplateStats>> parse_stats_document(std::string_view text);

}  // namespace gaffer::wire
