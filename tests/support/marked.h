#pragma once

#include <sys/types.h>

#include <algorithm>
#include <string>
#include <vector>

#include "base/strings.h"
#include "os/files.h"
#include "os/proc_fs.h"

namespace gaffer::test {

/// The living processes with `variable`, NAME=value, in their environment.
inline std::vector<pid_t> marked_by(const std::string& variable) {
  std::vector<pid_t> pids;
  (void)os::each_process([&](const os::ProcStat& stat) {
    const auto environment = os::read_file("/proc/" + std::to_string(stat.pid) + "/environ");
    const auto variables =
        environment ? split(*environment, '\0') : std::vector<std::string_view>();
    if (std::ranges::find(variables, variable) != variables.end()) pids.push_back(stat.pid);
    return true;
  });
  return pids;
}

}  // namespace gaffer::test
