#pragma once

#include <functional>
#include <mutex>
#include <vector>

#include "uv/handle.h"
#include "uv/loop.h"

namespace gaffer::uv {

/// The way into a loop from other threads: functions posted here run on the loop.
class Wakeup {
 public:
  explicit Wakeup(Loop& loop);

  /// Legal from any thread, also from the loop's own.
  /// CALLS: `function` once, on a later turn, in the order of the posts of one thread.
  /// LIFETIME: the Wakeup outlives the call; what it has not run when it is destroyed is dropped.
  void post(std::function<void()> function);

  /// Whether a loop with nothing else to wait for goes on waiting for posts. It does at first.
  void keep_loop_alive(bool keep);

 private:
  struct Block {
    uv_async_t raw{};
    std::mutex mutex;
    std::vector<std::function<void()>> posted;  // Guarded by mutex.
  };
  static void run_posted(uv_async_t* raw) noexcept;

  Pinned<Block> block_;
};

}  // namespace gaffer::uv
