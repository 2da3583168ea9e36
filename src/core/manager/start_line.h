#pragma once

#include <deque>
#include <functional>
#include <memory>

#include "base/clock.h"
#include "uv/loop.h"
#include "uv/timer.h"
#include "uv/turn_share.h"

namespace gaffer {

/// The line in which processes wait to be started when there are so many that starting them all at
/// once would keep the loop from everything else: 20 ms of a turn are for them. Who came first is
/// started first.
class StartLine {
 public:
  /// LIFETIME: `clock` outlives this.
  StartLine(uv::Loop& loop, const Clock& clock);

  using OnTurn = std::function<void()>;
  /// Dropping it gives the place up.
  using Place = std::shared_ptr<const OnTurn>;

  /// Whether a process may be started now: it is its turn, or nobody waits and there is time left.
  [[nodiscard]] bool is_free() { return is_serving_ || (line_.empty() && share_.is_left()); }

  /// CALLS: `on_turn` once, on a later turn, as long as the place is held.
  [[nodiscard]] Place wait(OnTurn on_turn);

 private:
  void serve();

  std::deque<std::weak_ptr<const OnTurn>> line_;  // At most one for each slot.
  bool is_serving_ = false;
  uv::TurnShare share_;
  uv::Timer timer_;
};

}  // namespace gaffer
