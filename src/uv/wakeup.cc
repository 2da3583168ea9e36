#include "uv/wakeup.h"

#include "base/assert.h"

namespace gaffer::uv {

Wakeup::Wakeup(Loop& loop)
    : block_(pin<Block>([&](uv_async_t* raw) {
        GAFFER_ASSERT(uv_async_init(loop.raw(), raw, run_posted) == 0, "a loop can be woken");
      })) {}

void Wakeup::post(std::function<void()> function) {
  {
    const std::scoped_lock lock(block_->mutex);
    block_->posted.push_back(std::move(function));
  }
  uv_async_send(&block_->raw);
}

void Wakeup::keep_loop_alive(bool keep) {
  auto* raw = reinterpret_cast<uv_handle_t*>(&block_->raw);
  keep ? uv_ref(raw) : uv_unref(raw);
}

void Wakeup::run_posted(uv_async_t* raw) noexcept {
  auto* block = static_cast<Block*>(raw->data);
  std::vector<std::function<void()>> functions;
  {
    const std::scoped_lock lock(block->mutex);
    functions.swap(block->posted);
  }
  for (const auto& function : functions) {
    // One of them may have destroyed the Wakeup; the block lives until the end of the turn.
    if (uv_is_closing(reinterpret_cast<const uv_handle_t*>(&block->raw)) != 0) return;
    function();
  }
}

}  // namespace gaffer::uv
