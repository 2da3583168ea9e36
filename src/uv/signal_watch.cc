#include "uv/signal_watch.h"

#include "base/assert.h"

namespace gaffer::uv {

SignalWatch::SignalWatch(Loop& loop, int signal, OnSignal on_signal)
    : block_(pin<Block>([&](uv_signal_t* raw) { uv_signal_init(loop.raw(), raw); })) {
  block_->on_signal = std::make_shared<const OnSignal>(std::move(on_signal));
  GAFFER_ASSERT(uv_signal_start(&block_->raw, received, signal) == 0, "the signal can be caught");
}

void SignalWatch::received(uv_signal_t* raw, int /*signal*/) noexcept {
  const auto on_signal = static_cast<Block*>(raw->data)->on_signal;
  (*on_signal)();
}

}  // namespace gaffer::uv
