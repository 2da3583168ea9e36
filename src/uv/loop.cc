#include "uv/loop.h"

#include <errno.h>
#include <sys/eventfd.h>
#include <uv.h>

#include <array>
#include <cstdio>

#include "base/assert.h"
#include "os/unique_fd.h"
#include "uv/error.h"

namespace gaffer::uv {
namespace {

const char* open_handle(uv_loop_t* loop) {
  const char* type = nullptr;
  uv_walk(
      loop,
      [](uv_handle_t* handle, void* found) {
        if (!uv_is_closing(handle))
          *static_cast<const char**>(found) = uv_handle_type_name(handle->type);
      },
      static_cast<void*>(&type));
  return type;
}

// Whether there are as many descriptors as a first loop takes; 0 or an errno. libuv 1.44 aborts
// where its pipe for signals cannot be made (uv__signal_global_init).
int look_for_room() {
  std::array<os::UniqueFd, 6> descriptors;  // Two pipes, an epoll and an eventfd.
  for (os::UniqueFd& descriptor : descriptors) {
    descriptor.reset(::eventfd(0, EFD_CLOEXEC));
    if (!descriptor.is_open()) return errno;
  }
  return 0;
}

}  // namespace

Loop::Loop(std::unique_ptr<uv_loop_s> owned) : owned_(std::move(owned)), raw_(owned_.get()) {}
Loop::Loop(Loop&& other) noexcept = default;

Result<Loop> Loop::create() {
  constexpr auto kCannot = "cannot make an event loop";
  if (const int failure = look_for_room(); failure != 0) return os_error(kCannot, failure);
  auto raw = std::make_unique<uv_loop_t>();
  if (const int status = uv_loop_init(raw.get()); status != 0) return uv_error(kCannot, status);
  return Loop(std::move(raw));
}

Loop::~Loop() {
  if (!owned_) return;
  // Closed handles need a turn each to be let go of; what is freed then may close others.
  while (uv_loop_close(raw_) != 0) {
    if (const char* type = open_handle(raw_)) {
      std::fprintf(stderr, "a %s handle is still open\n", type);
      GAFFER_ASSERT(type == nullptr, "a loop is destroyed after everything on it");
    }
    uv_run(raw_, UV_RUN_ONCE);
  }
}

void Loop::run() { uv_run(raw_, UV_RUN_DEFAULT); }
void Loop::run_once() { uv_run(raw_, UV_RUN_ONCE); }
void Loop::poll() { uv_run(raw_, UV_RUN_NOWAIT); }
void Loop::stop() { uv_stop(raw_); }

}  // namespace gaffer::uv
