#include "os/nonblocking.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <time.h>

namespace gaffer::os {
namespace {

/// Keeps SIGPIPE from this thread: that of a write goes to the thread that writes, pipe(7).
class PipeSignalHeld {
 public:
  PipeSignalHeld() {
    sigemptyset(&only_);
    sigaddset(&only_, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &only_, &before_);
    if (sigismember(&before_, SIGPIPE) == 0) return;  // Then none can be pending.
    sigset_t pending;
    sigpending(&pending);
    was_pending_ = sigismember(&pending, SIGPIPE) == 1;
  }
  PipeSignalHeld(const PipeSignalHeld&) = delete;
  PipeSignalHeld& operator=(const PipeSignalHeld&) = delete;
  ~PipeSignalHeld() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

  /// What a write has just raised. Where the host blocks the signal and has one pending, that stays:
  /// signals of a kind do not queue.
  void take_back() const {
    const timespec no_time{};
    if (!was_pending_) sigtimedwait(&only_, nullptr, &no_time);
  }

 private:
  sigset_t only_{};
  sigset_t before_{};
  bool was_pending_ = false;
};

}  // namespace

Result<std::size_t> write_some(int fd, std::string_view bytes) {
  const PipeSignalHeld held;
  while (true) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written >= 0) return static_cast<std::size_t>(written);
    const int failure = errno;
    if (failure == EPIPE) held.take_back();
    if (failure != EINTR) return os_error("cannot write", failure);
  }
}

bool has_hung_up(int fd) {
  pollfd asked{fd, 0, 0};
  return ::poll(&asked, 1, 0) == 1 && (asked.revents & (POLLHUP | POLLERR)) != 0;
}

Result<void> end_writing(int socket) {
  if (::shutdown(socket, SHUT_WR) == 0) return {};
  return os_error("cannot end a stream", errno);
}

}  // namespace gaffer::os
