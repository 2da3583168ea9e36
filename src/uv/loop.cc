#include "uv/loop.h"

#include <uv.h>

#include <cstdio>

#include "base/assert.h"

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

}  // namespace

Loop::Loop() : owned_(std::make_unique<uv_loop_t>()), raw_(owned_.get()) {
  GAFFER_ASSERT(uv_loop_init(raw_) == 0, "a loop can be made");
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
