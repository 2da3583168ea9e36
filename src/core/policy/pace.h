#pragma once

#include <chrono>
#include <cstdint>

namespace gaffer::policy {

/// How fast a process that keeps ending is started again.
struct PaceSettings {
  std::chrono::milliseconds base{100};           ///< The first pause.
  std::chrono::milliseconds cap{30'000};         ///< The longest.
  double jitter = 0.2;                           ///< Share by which a pause is spread, up and down.
  std::chrono::milliseconds min_uptime{10'000};  ///< Who lived this long begins anew.
};

/// How many times in a row it has ended early. A value: decide with `pace_after`.
struct Pace {
  std::uint32_t early_exits = 0;

  bool operator==(const Pace&) const = default;
};

struct PaceDecision {
  Pace pace;                        ///< What to remember.
  std::chrono::milliseconds pause;  ///< How long to wait before the next start.
};

/// The pause after a process ended, having lived `uptime`: none the first time, then base, 2 base,
/// 4 base … up to cap, spread by jitter so that many that end together do not start together.
/// `random` is a number in [0, 1) that the caller draws.
PaceDecision pace_after(const PaceSettings& settings, Pace pace, std::chrono::nanoseconds uptime,
                        double random);

}  // namespace gaffer::policy
