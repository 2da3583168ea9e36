#pragma once

#include <chrono>
#include <functional>

#include "uv/handle.h"
#include "uv/loop.h"

namespace gaffer::uv {

/// Calls back once after a while. Destroying or cancelling it takes the call back.
class Timer {
 public:
  using OnFire = std::function<void()>;

  explicit Timer(Loop& loop);

  /// CALLS: `on_fire` once, `delay` from now (rounded up to whole milliseconds), on a later turn. A
  /// timer that was armed already is armed anew and the earlier closure dropped.
  void start(std::chrono::nanoseconds delay, OnFire on_fire);
  void cancel();
  [[nodiscard]] bool is_armed() const;

 private:
  struct Block {
    uv_timer_t raw{};
    std::shared_ptr<const OnFire> on_fire;
  };
  static void fire(uv_timer_t* raw) noexcept;

  Pinned<Block> block_;
};

}  // namespace gaffer::uv
