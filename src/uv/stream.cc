#include "uv/stream.h"

#include <array>
#include <cerrno>

#include "uv/error.h"

namespace gaffer::uv {
namespace {

template <typename Raw>
void init(uv_loop_t* loop, Transport transport, Raw* raw) {
  if (transport == Transport::Pipe) {
    uv_pipe_init(loop, &raw->pipe, 0);
  } else {
    uv_tcp_init(loop, &raw->tcp);
  }
}

// The handle owns the descriptor only if this succeeds.
template <typename Raw>
Result<void> open(Transport transport, Raw* raw, os::UniqueFd& fd) {
  const int status = transport == Transport::Pipe ? uv_pipe_open(&raw->pipe, fd.get())
                                                  : uv_tcp_open(&raw->tcp, fd.get());
  if (status != 0) return uv_error("cannot use a socket", status);
  (void)fd.release();
  return {};
}

}  // namespace

/// A write under way. It owns its bytes, and knows its caller only as long as the caller's stream
/// lives.
struct Stream::Write {
  uv_write_t request{};
  std::string bytes;
  OnWritten on_written;
};

Pinned<Stream::Block> Stream::unconnected(uv_loop_t* loop, Transport transport) {
  return pin<Block>([&](auto* raw) { init(loop, transport, raw); });
}

Result<Stream> Stream::adopt(Loop& loop, Transport transport, os::UniqueFd fd) {
  auto block = unconnected(loop.raw(), transport);
  GAFFER_TRY(open(transport, &block->raw, fd));
  return Stream(std::move(block));
}

void Stream::read(OnRead on_read, OnEnd on_end) {
  block_->readers = std::make_shared<const Readers>(Readers{std::move(on_read), std::move(on_end)});
  uv_read_start(&block_->raw.stream, allocate, received);
}

void Stream::stop_reading() {
  uv_read_stop(&block_->raw.stream);
  block_->readers.reset();
}

// One buffer for every stream of the thread: what is read is handed on before the next read.
void Stream::allocate(uv_handle_t* /*raw*/, std::size_t /*suggested*/, uv_buf_t* buffer) noexcept {
  static thread_local std::array<char, 65536> shared;
  *buffer = uv_buf_init(shared.data(), shared.size());
}

void Stream::received(uv_stream_t* raw, ssize_t length, const uv_buf_t* buffer) noexcept {
  if (length == 0) return;  // libuv's word for EAGAIN.
  const auto readers = static_cast<Block*>(raw->data)->readers;
  if (length > 0) {
    readers->on_read({buffer->base, static_cast<std::size_t>(length)});
    return;
  }
  uv_read_stop(raw);
  if (length == UV_EOF) {
    readers->on_end(nullptr);
  } else {
    const Error error = uv_error("cannot read from the connection", static_cast<int>(length));
    readers->on_end(&error);
  }
}

void Stream::write(std::string bytes, OnWritten on_written) {
  auto write = std::make_unique<Write>();
  write->bytes = std::move(bytes);
  write->on_written = std::move(on_written);
  write->request.data = write.get();
  const uv_buf_t buffer =
      uv_buf_init(write->bytes.data(), static_cast<unsigned>(write->bytes.size()));
  // libuv tries at once and queues only what the kernel does not take. It fails here only when the
  // stream was never connected.
  if (uv_write(&write->request, &block_->raw.stream, &buffer, 1, written) == 0)
    (void)write.release();
}

void Stream::written(uv_write_t* request, int status) noexcept {
  const std::unique_ptr<Write> write(static_cast<Write*>(request->data));
  // Closing: the owner is gone and must hear nothing.
  if (!write->on_written || uv_is_closing(reinterpret_cast<uv_handle_t*>(request->handle)) != 0)
    return;
  write->on_written(status == 0 ? Result<void>()
                                : uv_error("cannot write to the connection", status));
}

std::size_t Stream::queued_bytes() const {
  return uv_stream_get_write_queue_size(&block_->raw.stream);
}

int Stream::fd() const {
  int fd = -1;
  uv_fileno(reinterpret_cast<const uv_handle_t*>(&block_->raw), &fd);
  return fd;
}

Result<Listener> Listener::create(Loop& loop, Transport transport, os::UniqueFd fd,
                                  OnConnection on_connection) {
  constexpr int kBacklog = 128;
  auto block = pin<Block>([&](auto* raw) { init(loop.raw(), transport, raw); });
  block->transport = transport;
  block->on_connection = std::make_shared<const OnConnection>(std::move(on_connection));
  GAFFER_TRY(open(transport, &block->raw, fd));
  if (const int status = uv_listen(&block->raw.stream, kBacklog, connected); status != 0) {
    return uv_error("cannot listen", status);
  }
  return Listener(std::move(block));
}

void Listener::connected(uv_stream_t* raw, int status) noexcept {
  if (status != 0)
    return;  // The client is gone again, or libuv has shed it for want of descriptors.
  auto* block = static_cast<Block*>(raw->data);
  Stream stream(Stream::unconnected(raw->loop, block->transport));
  if (uv_accept(raw, &stream.block_->raw.stream) != 0) return;
  const auto on_connection = block->on_connection;
  (*on_connection)(std::move(stream));
}

}  // namespace gaffer::uv
