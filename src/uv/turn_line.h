#pragma once

#include <deque>
#include <functional>
#include <memory>

#include "base/clock.h"
#include "uv/loop.h"
#include "uv/timer.h"
#include "uv/turn_share.h"

namespace gaffer::uv {

/// The line in which those wait who come in thousands and would keep the loop from everything else
/// if all were served at once: they have a share of each turn. Who came first is served first.
class TurnLine {
 public:
  /// LIFETIME: `clock` outlives this.
  TurnLine(Loop& loop, const Clock& clock, Duration share);

  using OnTurn = std::function<void()>;
  /// Dropping it gives the place up.
  using Place = std::shared_ptr<const OnTurn>;

  /// Whether one more may be served now: it is his turn, or nobody waits and there is time left.
  [[nodiscard]] bool is_free() { return is_serving_ || (line_.empty() && share_.is_left()); }

  /// CALLS: `on_turn` once, on a later turn, as long as the place is held.
  [[nodiscard]] Place wait(OnTurn on_turn);

 private:
  void serve();

  std::deque<std::weak_ptr<const OnTurn>> line_;  // As many as its users hold places.
  bool is_serving_ = false;
  TurnShare share_;
  Timer timer_;
};

}  // namespace gaffer::uv
