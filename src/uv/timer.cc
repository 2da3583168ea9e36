#include "uv/timer.h"

namespace gaffer::uv {

Timer::Timer(Loop& loop)
    : block_(pin<Block>([&](uv_timer_t* raw) { uv_timer_init(loop.raw(), raw); })) {}

void Timer::start(std::chrono::nanoseconds delay, OnFire on_fire) {
  block_->on_fire = std::make_shared<const OnFire>(std::move(on_fire));
  // The loop's time is that of the beginning of its turn; a delay counts from now.
  uv_update_time(block_->raw.loop);
  const auto milliseconds = std::chrono::ceil<std::chrono::milliseconds>(delay).count();
  uv_timer_start(&block_->raw, fire,
                 milliseconds > 0 ? static_cast<std::uint64_t>(milliseconds) : 0, 0);
}

void Timer::cancel() {
  uv_timer_stop(&block_->raw);
  block_->on_fire.reset();
}

bool Timer::is_armed() const {
  return uv_is_active(reinterpret_cast<const uv_handle_t*>(&block_->raw)) != 0;
}

void Timer::fire(uv_timer_t* raw) noexcept {
  const auto on_fire = static_cast<Block*>(raw->data)->on_fire;
  (*on_fire)();
}

}  // namespace gaffer::uv
