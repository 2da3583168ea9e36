#pragma once

#include "base/clock.h"

namespace gaffer::policy {

/// How many processes that keep ending may be started in a given time, all templates together, so
/// that a few hundred of them do not take the machine from the rest. First restarts and what
/// somebody asks for are not counted.
///
/// A leaky bucket (GCRA): at rest `burst` starts are free at once, then one comes every `interval`.
struct StartBudget {
  Duration interval = std::chrono::milliseconds(50);
  int burst = 20;
  Moment next{};  ///< When the bucket is empty again.

  /// Takes the next place in the queue: how long to wait for it.
  Duration take(Moment now) {
    const Moment earliest = now - std::chrono::duration_cast<Moment::duration>(interval) * burst;
    if (next < earliest) next = earliest;
    next += std::chrono::duration_cast<Moment::duration>(interval);
    return next > now ? next - now : Duration(0);
  }
};

}  // namespace gaffer::policy
