#include "gaffer/stats.h"

namespace gaffer {

TreeUsage tree_usage(const ProcessStats& process) {
  TreeUsage usage{.cpu = process.cpu.value_or(0),
                  .mem = process.mem.value_or(0),
                  .resident_bytes = process.mem_info1.value_or(0),
                  .ctime = process.ctime.value_or(std::chrono::nanoseconds(0)) +
                           process.ended_ctime.value_or(std::chrono::nanoseconds(0)),
                  .processes = 1};
  for (const ProcessStats& child : process.children) {
    const TreeUsage below = tree_usage(child);
    usage.cpu += below.cpu;
    usage.mem += below.mem;
    usage.resident_bytes += below.resident_bytes;
    usage.ctime += below.ctime;
    usage.processes += below.processes;
  }
  return usage;
}

}  // namespace gaffer
