#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "client/daemon.h"
#include "gaffer/info.h"
#include "gaffer/stats.h"
#include "programs/top/model.h"

/// \file
/// What a daemon says, in the words of `gaffer top`.

namespace gaffer::programs {

/// By gaffer's pid.
using Usages = std::map<std::uint64_t, TreeUsage>;
Usages usages_of(const std::vector<TemplateStats>& templates);

std::vector<top::Row> rows_of(const std::vector<TemplateInfo>& templates, const Usages& usages);

/// What became of a request: `stop web.1: stopped`, or why not.
std::string answer_text(const top::Request& request, const client::Daemon::Answer& answer);

/// `stop web.1`, `scale web+1`.
std::string request_text(const top::Request& request);

/// `load 0.52  cpu 12.5%  mem 20M`: of the machine, and of all processes.
std::string load_text(const Usages& usages);

}  // namespace gaffer::programs
