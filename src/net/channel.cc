#include "net/channel.h"

#include <utility>
#include <vector>

namespace gaffer::net {

/// What stands between the stream and its reader.
class Channel::Tls {
 public:
  Tls(uv::Loop& loop, uv::Stream& stream, const TlsContext& context)
      : stream_(stream), session_(context), later_(loop) {}

  void read(uv::Stream::OnRead on_read, uv::Stream::OnEnd on_end) {
    readers_ = std::make_shared<const Readers>(Readers{std::move(on_read), std::move(on_end)});
    if (has_ended_) return;
    if (!is_listening_) {
      is_listening_ = true;
      stream_.read([this](std::string_view bytes) { received(bytes); },
                   [this](const Error* error) { end(error); });
    }
    // Something may have been decrypted that nobody wanted then.
    later_.start(std::chrono::milliseconds(0), [this] { advance(); });
  }

  void stop_reading() {
    readers_.reset();
    later_.cancel();
    if (std::exchange(is_listening_, false)) stream_.stop_reading();
  }

  void write(std::string bytes, uv::Stream::OnWritten on_written) {
    if (!session_.is_established()) {
      waiting_bytes_ += bytes.size();
      waiting_.push_back({std::move(bytes), std::move(on_written)});
      return;
    }
    if (!session_.write(bytes)) bytes.clear();  // It is broken, and reading will say so.
    stream_.write(session_.take_output(), std::move(on_written));
  }

  void finish() {
    if (!session_.is_established()) return;
    session_.finish();
    flush();
  }

  [[nodiscard]] std::size_t waiting_bytes() const { return waiting_bytes_; }

 private:
  struct Readers {
    uv::Stream::OnRead on_read;
    uv::Stream::OnEnd on_end;
  };
  struct Waiting {
    std::string bytes;
    uv::Stream::OnWritten on_written;
  };

  void received(std::string_view bytes) {
    session_.feed(bytes);
    advance();
  }

  /// Agrees, and hands on what can be read. The reader may destroy this.
  void advance() {
    if (!session_.is_established()) {
      const auto agreed = session_.handshake();
      flush();
      if (!agreed) return end(&agreed.error());
      if (!session_.is_established()) return;
      write_waiting();
    }
    const std::weak_ptr<char> alive = alive_;
    while (const auto readers = readers_) {
      const auto bytes = session_.read();
      flush();
      if (!bytes) return end(&bytes.error());
      if (bytes->empty()) break;
      readers->on_read(*bytes);
      if (alive.expired()) return;
    }
    if (session_.has_ended()) end(nullptr);
  }

  void write_waiting() {
    waiting_bytes_ = 0;
    for (Waiting& one : std::exchange(waiting_, {}))
      write(std::move(one.bytes), std::move(one.on_written));
  }

  void flush() {
    std::string bytes = session_.take_output();
    if (!bytes.empty()) stream_.write(std::move(bytes));
  }

  void end(const Error* error) {
    if (has_ended_) return;
    has_ended_ = true;
    if (std::exchange(is_listening_, false)) stream_.stop_reading();
    if (const auto readers = std::exchange(readers_, nullptr)) readers->on_end(error);
  }

  uv::Stream& stream_;
  TlsSession session_;
  std::shared_ptr<const Readers> readers_;
  bool is_listening_ = false;
  bool has_ended_ = false;
  std::vector<Waiting> waiting_;  // For the end of the handshake: an answer or two.
  std::size_t waiting_bytes_ = 0;
  uv::Timer later_;
  std::shared_ptr<char> alive_ = std::make_shared<char>();
};

Channel::Channel(uv::Stream stream) : stream_(std::move(stream)) {}

Channel::Channel(uv::Loop& loop, uv::Stream stream, const TlsContext& context)
    : stream_(std::move(stream)), tls_(std::make_unique<Tls>(loop, stream_, context)) {}

Channel::~Channel() = default;

void Channel::read(uv::Stream::OnRead on_read, uv::Stream::OnEnd on_end) {
  if (tls_) {
    tls_->read(std::move(on_read), std::move(on_end));
  } else {
    stream_.read(std::move(on_read), std::move(on_end));
  }
}

void Channel::stop_reading() {
  if (tls_) {
    tls_->stop_reading();
  } else {
    stream_.stop_reading();
  }
}

void Channel::write(std::string bytes, uv::Stream::OnWritten on_written) {
  if (tls_) {
    tls_->write(std::move(bytes), std::move(on_written));
  } else {
    stream_.write(std::move(bytes), std::move(on_written));
  }
}

void Channel::finish() {
  if (tls_) tls_->finish();
}

std::size_t Channel::queued_bytes() const {
  return stream_.queued_bytes() + (tls_ ? tls_->waiting_bytes() : 0);
}

}  // namespace gaffer::net
