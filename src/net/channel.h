#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "net/tls.h"
#include "uv/stream.h"
#include "uv/timer.h"

namespace gaffer::net {

/// A connection as its HTTP sees it: a stream, plain or with TLS over it. The calls are those of
/// uv::Stream and promise the same.
class Channel {
 public:
  explicit Channel(uv::Stream stream);
  /// With TLS: what is written waits until both sides have agreed.
  Channel(uv::Loop& loop, uv::Stream stream, const TlsContext& context);
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;
  ~Channel();

  void read(uv::Stream::OnRead on_read, uv::Stream::OnEnd on_end);
  void stop_reading();
  void write(std::string bytes, uv::Stream::OnWritten on_written);
  /// Nothing more will be written: with TLS the other side is told, so that it knows a whole answer
  /// from a broken one.
  void finish();
  [[nodiscard]] std::size_t queued_bytes() const;

 private:
  class Tls;

  uv::Stream stream_;
  std::unique_ptr<Tls> tls_;  // Null: plain.
};

}  // namespace gaffer::net
