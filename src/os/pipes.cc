#include "os/pipes.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "os/unique_fd.h"

namespace gaffer::os {
namespace {

constexpr int kLargePipe = 1 << 20;

// A terminal's master is no pipe for splice.
Result<std::size_t> read_and_forget(int terminal, std::size_t max_bytes) {
  std::array<char, 16384> buffer{};
  while (true) {
    const ssize_t got = ::read(terminal, buffer.data(), std::min(max_bytes, buffer.size()));
    if (got >= 0) return static_cast<std::size_t>(got);
    if (errno == EIO) return std::size_t{0};  // Nobody has the terminal open any more.
    if (errno != EINTR) return os_error("cannot read output", errno);
  }
}

}  // namespace

bool enlarge_pipe(int pipe) { return ::fcntl(pipe, F_SETPIPE_SZ, kLargePipe) >= kLargePipe; }

Result<std::size_t> discard(int pipe, std::size_t max_bytes) {
  const UniqueFd nowhere(::open("/dev/null", O_WRONLY | O_CLOEXEC));
  if (!nowhere.is_open()) return read_and_forget(pipe, max_bytes);
  while (true) {
    const ssize_t moved =
        ::splice(pipe, nullptr, nowhere.get(), nullptr, max_bytes, SPLICE_F_NONBLOCK);
    if (moved >= 0) return static_cast<std::size_t>(moved);
    if (errno == EINVAL) return read_and_forget(pipe, max_bytes);
    if (errno != EINTR) return os_error("cannot read output", errno);
  }
}

}  // namespace gaffer::os
