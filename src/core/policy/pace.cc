#include "core/policy/pace.h"

#include <algorithm>
#include <cmath>

namespace gaffer::policy {

PaceDecision pace_after(const PaceSettings& settings, Pace pace, std::chrono::nanoseconds uptime,
                        double random) {
  if (uptime >= settings.min_uptime) pace.early_exits = 0;
  ++pace.early_exits;
  if (pace.early_exits == 1) return {pace, std::chrono::milliseconds(0)};
  const double doublings = static_cast<double>(pace.early_exits) - 2;
  const double pause = std::min(static_cast<double>(settings.base.count()) * std::exp2(doublings),
                                static_cast<double>(settings.cap.count()));
  const double spread = 1 + settings.jitter * (2 * random - 1);
  return {pace, std::chrono::milliseconds(std::llround(pause * spread))};
}

}  // namespace gaffer::policy
