#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "gaffer/result.h"
#include "os/unique_fd.h"
#include "uv/handle.h"
#include "uv/loop.h"

namespace gaffer::uv {

/// What a stream or listener runs over. A pipe is a unix socket or a pipe proper.
enum class Transport { Pipe, Tcp };

/// A connected stream of bytes. Destroying it closes the connection; writes not yet done are given
/// up.
class Stream {
 public:
  using OnRead = std::function<void(std::string_view bytes)>;
  using OnEnd = std::function<void(const Error* error)>;
  using OnWritten = std::function<void(Result<void>)>;

  /// Takes over a connected descriptor.
  static Result<Stream> adopt(Loop& loop, Transport transport, os::UniqueFd fd);

  /// CALLS: `on_read` with what has come, valid during the call; `on_end` at most once, after which
  /// nothing more is read: with no error when the other side is done, with one when it broke.
  /// REQUIRES: not reading already.
  void read(OnRead on_read, OnEnd on_end);
  /// Leaves further bytes in the kernel, so that the other side has to wait.
  void stop_reading();

  /// Sends bytes after those given earlier. The queue has no bound of its own: look at
  /// `queued_bytes`.
  /// CALLS: `on_written`, if given, once on a later turn, when the bytes are with the kernel or
  /// have failed; never after this stream was destroyed.
  void write(std::string bytes, OnWritten on_written = nullptr);
  /// Bytes given to `write` that the kernel has not taken yet.
  [[nodiscard]] std::size_t queued_bytes() const;

  /// The descriptor, for asking the system about the other side.
  [[nodiscard]] int fd() const;

 private:
  friend class Listener;
  struct Readers {
    OnRead on_read;
    OnEnd on_end;
  };
  struct Block {
    union {
      uv_stream_t stream;
      uv_pipe_t pipe;
      uv_tcp_t tcp;
    } raw{};
    std::shared_ptr<const Readers> readers;
  };
  struct Write;

  explicit Stream(Pinned<Block> block) : block_(std::move(block)) {}
  static Pinned<Block> unconnected(uv_loop_t* loop, Transport transport);
  static void allocate(uv_handle_t* raw, std::size_t suggested, uv_buf_t* buffer) noexcept;
  static void received(uv_stream_t* raw, ssize_t length, const uv_buf_t* buffer) noexcept;
  static void written(uv_write_t* request, int status) noexcept;

  Pinned<Block> block_;
};

/// Accepts connections on a listening socket, which the operating system layer has bound: libuv's
/// own bind truncates a path of more than 107 bytes and unlinks it when it closes.
class Listener {
 public:
  using OnConnection = std::function<void(Stream)>;

  /// Takes over a listening descriptor.
  /// CALLS: `on_connection` for each client. When descriptors run out libuv closes the waiting
  /// clients.
  static Result<Listener> create(Loop& loop, Transport transport, os::UniqueFd fd,
                                 OnConnection on_connection);

 private:
  struct Block {
    union {
      uv_stream_t stream;
      uv_pipe_t pipe;
      uv_tcp_t tcp;
    } raw{};
    Transport transport{};
    std::shared_ptr<const OnConnection> on_connection;
  };
  explicit Listener(Pinned<Block> block) : block_(std::move(block)) {}
  static void connected(uv_stream_t* raw, int status) noexcept;

  Pinned<Block> block_;
};

}  // namespace gaffer::uv
