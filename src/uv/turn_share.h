#pragma once

#include "base/clock.h"
#include "uv/handle.h"
#include "uv/loop.h"

namespace gaffer::uv {

/// Keeps what comes in thousands from taking a whole turn of the loop: it may go on for so long,
/// and the rest is for later turns, with everybody else's work between.
class TurnShare {
 public:
  /// LIFETIME: `clock` outlives this.
  TurnShare(Loop& loop, const Clock& clock, Duration most);

  /// Whether some is left of this turn's time. The first who asks in a turn is always told yes.
  [[nodiscard]] bool is_left();

 private:
  struct Block {
    uv_check_t raw{};
    bool is_begun = false;  // Until the loop has looked for I/O, where a turn ends.
  };

  const Clock& clock_;
  const Duration most_;
  Moment begin_{};
  Pinned<Block> block_;
};

}  // namespace gaffer::uv
