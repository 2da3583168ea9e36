#pragma once

#include <uv.h>

#include <memory>

/// \file
/// The whole lifetime model of the wrappers in this folder.
///
/// A libuv handle is never a member: libuv may hold it for one loop turn after it was closed. It
/// lives in a *block* on the heap beside the closures it serves, and its owner holds a
/// `Pinned<Block>`. Every wrapper built on it keeps three promises, each with a test:
///  (a) after the owner is destroyed its callback is never called;
///  (b) a closure is never destroyed while it runs;
///  (c) destroying or re-arming the owner from inside its own callback is allowed.
/// (a) and (c) come from the block; (b) from trampolines that keep a copy of the closure's pointer.

namespace gaffer::uv {

/// Deleter of a block: closes its libuv handle now and frees the block when libuv has let go of it,
/// one loop turn later. In between nothing is called back, so a block's closures die at rest.
struct Closer {
  template <typename Block>
  void operator()(Block* block) const noexcept {
    uv_close(reinterpret_cast<uv_handle_t*>(&block->raw),
             [](uv_handle_t* raw) { delete static_cast<Block*>(uv_handle_get_data(raw)); });
  }
};

/// Sole owner of a block: a struct with a libuv handle `raw` and the closures that serve it. The
/// block stays at one address; the owner may be moved.
template <typename Block>
using Pinned = std::unique_ptr<Block, Closer>;

/// Makes a block and runs `init` on its handle, which must succeed.
template <typename Block, typename Init>
Pinned<Block> pin(Init init) {
  auto block = std::make_unique<Block>();
  init(&block->raw);
  uv_handle_set_data(reinterpret_cast<uv_handle_t*>(&block->raw), block.get());
  return Pinned<Block>(block.release());
}

}  // namespace gaffer::uv
