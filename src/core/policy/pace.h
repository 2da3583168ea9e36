#pragma once

#include <chrono>
#include <cstdint>

#include "gaffer/process_template.h"

namespace gaffer::policy {

/// How many times in a row it has ended early. A value: decide with `pace_after`.
struct Pace {
  std::uint32_t early_exits = 0;

  bool operator==(const Pace&) const = default;
};

struct PaceDecision {
  Pace pace;                        ///< What to remember.
  std::chrono::milliseconds pause;  ///< How long to wait before the next start.
};

/// What there was before the next start.
enum class Ending : std::uint8_t {
  Exit,         ///< It ran and ended.
  FailedStart,  ///< It could not be started: then the first pause is base, lest it be tried again at
                ///< once for nothing.
};

/// The pause after a process ended, having lived `uptime`: none the first time, then base, 2 base,
/// 4 base … up to cap, spread by jitter so that many that end together do not start together. None
/// ever where base is 0.
/// `random` is a number in [0, 1) that the caller draws.
PaceDecision pace_after(const Backoff& backoff, Pace pace, Ending ending,
                        std::chrono::nanoseconds uptime, double random);

}  // namespace gaffer::policy
