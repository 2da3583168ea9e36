#pragma once

#include <functional>
#include <optional>

#include "gaffer/result.h"
#include "uv/handle.h"
#include "uv/loop.h"

namespace gaffer::uv {

/// Tells when a descriptor can be read, or when it can be written to.
/// LIFETIME: the descriptor stays open as long as this exists.
class Poll {
 public:
  using OnReady = std::function<void()>;
  enum class For { Reading, Writing, Both };

  /// ERRORS: what epoll says: PermissionDenied for a regular file, AlreadyExists when the loop
  /// watches the descriptor already.
  static Result<Poll> create(Loop& loop, int fd);

  /// CALLS: `on_ready` in every turn in which there is something to read, or room to write, or the
  /// other end is gone.
  /// ERRORS: LimitReached when the kernel has no room for one more watch.
  Result<void> start(OnReady on_ready, For what = For::Reading);
  void stop();

 private:
  struct Block {
    uv_poll_t raw{};
    std::shared_ptr<const OnReady> on_ready;
  };
  explicit Poll(Pinned<Block> block) : block_(std::move(block)) {}
  static void ready(uv_poll_t* raw, int status, int events) noexcept;

  Pinned<Block> block_;
};

}  // namespace gaffer::uv
