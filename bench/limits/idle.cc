/// What a gafferd costs that has nothing to do.

#include <cstdio>

#include "limits/cases.h"
#include "limits/daemon.h"
#include "limits/table.h"

namespace gaffer::bench {
namespace {

constexpr std::size_t kThousand = 1000;

void print_memory(const std::string& who, const Memory& memory) {
  table::print_figure(who + ", resident (KiB)", static_cast<double>(memory.resident));
  table::print_figure("  proportional share, PSS (KiB)", static_cast<double>(memory.proportional));
  table::print_figure("  private dirty (KiB)", static_cast<double>(memory.private_dirty));
}

void print_activity(const std::string& who, const Activity& before, const Activity& after) {
  table::print_figure(who + ", wake-ups", static_cast<double>(after.wake_ups - before.wake_ups), 0);
  table::print_figure("  CPU time (us)", after.cpu_microseconds - before.cpu_microseconds, 0);
}

}  // namespace

void measure_daemon(const Effort& effort) {
  const auto empty = Daemon::start(0);
  const auto full = Daemon::start(kThousand);
  for (const auto* daemon : {&empty, &full}) {
    if (*daemon) continue;
    std::fprintf(stderr, "%s\n", daemon->error().message.c_str());
    return;
  }
  nap(1000);
  const Memory empty_memory = memory_of((*empty)->pid());
  const Memory full_memory = memory_of((*full)->pid());
  const Activity empty_before = activity_of((*empty)->pid());
  const Activity full_before = activity_of((*full)->pid());
  nap(effort.idle_seconds * 1000);
  const Activity empty_after = activity_of((*empty)->pid());
  const Activity full_after = activity_of((*full)->pid());

  print_memory("gafferd with 0", empty_memory);
  print_memory("gafferd with 1,000", full_memory);
  table::print_figure("  own heap for each process (KiB)",
                      static_cast<double>(full_memory.heap - empty_memory.heap) / kThousand);
  const std::string seconds = ", idle for " + std::to_string(effort.idle_seconds) + " s";
  print_activity("gafferd with 0" + seconds, empty_before, empty_after);
  print_activity("gafferd with 1,000" + seconds, full_before, full_after);
}

}  // namespace gaffer::bench
