#pragma once

#include <functional>

#include "uv/handle.h"
#include "uv/loop.h"

namespace gaffer::uv {

/// Calls back on the loop when this process receives a signal. For programs only: the library takes
/// no signal from its host.
class SignalWatch {
 public:
  using OnSignal = std::function<void()>;

  /// REQUIRES: `signal` is one that can be caught.
  /// CALLS: `on_signal` for every delivery; several before a turn may come as one.
  SignalWatch(Loop& loop, int signal, OnSignal on_signal);

 private:
  struct Block {
    uv_signal_t raw{};
    std::shared_ptr<const OnSignal> on_signal;
  };
  static void received(uv_signal_t* raw, int signal) noexcept;

  Pinned<Block> block_;
};

}  // namespace gaffer::uv
