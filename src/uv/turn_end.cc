#include "gaffer/turn_end.h"

#include <optional>
#include <utility>

#include "base/assert.h"
#include "uv/handle.h"
#include "uv/loop.h"
#include "uv/timer.h"

namespace gaffer {
namespace {

struct Bell {
  uv_async_t raw{};
  std::shared_ptr<const TurnEnd::OnEnd> on_end;
};

void rung(uv_async_t* raw) noexcept {
  // The first call, which the constructor has asked for, is what it had to wait for in any case.
  uv_unref(reinterpret_cast<uv_handle_t*>(raw));
  const auto on_end = static_cast<Bell*>(raw->data)->on_end;
  (*on_end)();
}

}  // namespace

struct TurnEnd::Handles {
  explicit Handles(uv_loop_s* raw) : loop(raw), timer(loop) {}

  uv::Loop loop;
  uv::Pinned<Bell> bell;
  uv::Timer timer;
};

TurnEnd::TurnEnd(uv_loop_s* loop, OnEnd on_end) : handles_(std::make_unique<Handles>(loop)) {
  handles_->bell = uv::pin<Bell>([&](uv_async_t* raw) {
    GAFFER_ASSERT(uv_async_init(loop, raw, rung) == 0, "a loop can be woken");
  });
  handles_->bell->on_end = std::make_shared<const OnEnd>(std::move(on_end));
  ring_from_anywhere();
}

TurnEnd::~TurnEnd() = default;

void TurnEnd::ring() {
  if (handles_->timer.is_armed()) return;
  handles_->timer.start(std::chrono::nanoseconds(0),
                        [on_end = handles_->bell->on_end] { (*on_end)(); });
}

void TurnEnd::ring_from_anywhere() { uv_async_send(&handles_->bell->raw); }

}  // namespace gaffer
