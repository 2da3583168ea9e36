#pragma once

#include <vector>

#include "base/clock.h"
#include "gaffer/process_template.h"

namespace gaffer::policy {

/// What is remembered of a template's unexpected ends. A value: decide with `flapping_after`.
struct FlappingHistory {
  std::vector<Moment> exits;  ///< The last ones, at most `attempts`.
  int rounds = 0;             ///< Pauses in a row.
  Moment round_began{};       ///< The last start by hand, or by the end of a pause.

  bool operator==(const FlappingHistory&) const = default;
};

enum class FlappingVerdict {
  GoOn,    ///< Start the process again, at its pace.
  Pause,   ///< Stop the template and start it `retry_in` later.
  GiveUp,  ///< Stop it for good.
};

/// Takes note of an unexpected exit at `now` and decides. A round that has lasted longer than
/// `window` clears the count of rounds. Call `flapping_restarted` when a template starts anew.
FlappingVerdict flapping_after(const Flapping& flapping, FlappingHistory& history, Moment now);

/// A start at `now`: by hand it forgets everything, by the end of a pause only the exits.
enum class RestartedBy { Hand, Pause };
void flapping_restarted(FlappingHistory& history, RestartedBy by, Moment now);

}  // namespace gaffer::policy
