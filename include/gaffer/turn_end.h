#pragma once

#include <functional>
#include <memory>

struct uv_loop_s;

namespace gaffer {

/// Calls back at the end of a turn of a loop in which somebody has rung it, from whatever thread.
///
/// It calls back once in the loop's first turn, too, so that whoever it belongs to learns which
/// thread runs the loop. Rung by the loop's own thread it keeps the loop running until it has called
/// back; rung by another one it does not.
class TurnEnd {
 public:
  using OnEnd = std::function<void()>;

  /// CALLS: `on_end` on the loop's thread, once for however many rings there were since the last
  /// time. It may destroy this.
  /// LIFETIME: `loop` outlives this.
  TurnEnd(uv_loop_s* loop, OnEnd on_end);
  TurnEnd(const TurnEnd&) = delete;
  TurnEnd& operator=(const TurnEnd&) = delete;
  ~TurnEnd();

  /// On the loop's thread only.
  void ring();
  /// On any thread.
  void ring_from_anywhere();

 private:
  struct Handles;
  std::unique_ptr<Handles> handles_;
};

}  // namespace gaffer
