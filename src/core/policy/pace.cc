#include "core/policy/pace.h"

#include <algorithm>
#include <cmath>

namespace gaffer::policy {

PaceDecision pace_after(const Backoff& backoff, Pace pace, Ending ending,
                        std::chrono::nanoseconds uptime, double random) {
  if (uptime >= backoff.min_uptime) pace.early_exits = 0;
  ++pace.early_exits;
  const std::uint32_t free_restarts = ending == Ending::Exit ? 1 : 0;
  if (pace.early_exits <= free_restarts) return {pace, std::chrono::milliseconds(0)};
  const double doublings = static_cast<double>(pace.early_exits) - free_restarts - 1;
  const double pause = std::min(static_cast<double>(backoff.base.count()) * std::exp2(doublings),
                                static_cast<double>(backoff.cap.count()));
  const double spread = 1 + backoff.jitter * (2 * random - 1);
  return {pace, std::chrono::milliseconds(std::llround(pause * spread))};
}

}  // namespace gaffer::policy
