#include "uv/poll.h"

#include <errno.h>
#include <sys/epoll.h>

#include "uv/error.h"

namespace gaffer::uv {

Result<Poll> Poll::create(Loop& loop, int fd) {
  auto block = std::make_unique<Block>();
  if (const int status = uv_poll_init(loop.raw(), &block->raw, fd); status != 0) {
    return uv_error("cannot watch a descriptor", status);
  }
  block->raw.data = block.get();
  return Poll(Pinned<Block>(block.release()));
}

Result<void> Poll::start(OnReady on_ready, For what) {
  const int events =
      (what != For::Writing ? UV_READABLE : 0) | (what != For::Reading ? UV_WRITABLE : 0);
  block_->on_ready = std::make_shared<const OnReady>(std::move(on_ready));
  uv_poll_start(&block_->raw, events, ready);
  // libuv 1.44 adds the descriptor to epoll in its next turn, and aborts if that fails. With it
  // there already it only modifies the entry, so it is added here, where a failure can be told.
  int fd = -1;
  uv_fileno(reinterpret_cast<const uv_handle_t*>(&block_->raw), &fd);
  epoll_event wanted{};
  wanted.events = (what != For::Writing ? EPOLLIN : 0U) | (what != For::Reading ? EPOLLOUT : 0U);
  wanted.data.fd = fd;
  const int epoll = uv_backend_fd(block_->raw.loop);
  if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &wanted) == 0 || errno == EEXIST) return {};
  const int failure = errno;
  stop();
  return os_error("cannot watch a descriptor", failure);
}

void Poll::stop() {
  uv_poll_stop(&block_->raw);
  block_->on_ready.reset();
}

// An error status means that the descriptor is broken: reading it, or writing to it, will tell the
// owner how.
void Poll::ready(uv_poll_t* raw, int /*status*/, int /*events*/) noexcept {
  const auto on_ready = static_cast<Block*>(raw->data)->on_ready;
  (*on_ready)();
}

}  // namespace gaffer::uv
