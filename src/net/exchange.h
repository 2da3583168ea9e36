#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string_view>

#include "net/http_message.h"

namespace gaffer::net {

class Connection;

/// A way back to a connection that may be gone.
using ConnectionLink = std::weak_ptr<Connection* const>;

/// The body of an answer that is written piece by piece. Destroying it ends the body properly. It
/// may outlive its connection and the server; then it is closed, and its calls do nothing. It is
/// closed from the start when there is nobody to write to: after a HEAD, or when the client has
/// ended its side meanwhile.
class BodyWriter {
 public:
  /// A closed one.
  BodyWriter() = default;
  explicit BodyWriter(ConnectionLink connection) : connection_(std::move(connection)) {}
  BodyWriter(BodyWriter&&) noexcept = default;
  BodyWriter& operator=(BodyWriter&& other) noexcept;
  BodyWriter(const BodyWriter&) = delete;
  BodyWriter& operator=(const BodyWriter&) = delete;
  ~BodyWriter();

  /// Sends bytes after those given earlier. The queue has no bound of its own: look at
  /// `queued_bytes`.
  void write(std::string_view bytes);
  /// Bytes of this connection that the kernel has not taken yet; 0 when closed.
  [[nodiscard]] std::size_t queued_bytes() const;
  /// False when nothing written arrives any more.
  [[nodiscard]] bool is_open() const;

  /// CALLS: `callback` on a later turn each time that all that was written has reached the kernel,
  /// the head of the answer included: for the first time without a write. It may write, and destroy
  /// this.
  /// LIFETIME: dropped uncalled when this or the server is destroyed or the connection ends.
  void on_drained(std::function<void()> callback);
  /// CALLS: `callback` once on a later turn when the client goes away: it has closed, broken or
  /// ended its side of the connection. When it is called, this is closed.
  /// LIFETIME: dropped uncalled when this or the server is destroyed first, or if this is closed
  /// already.
  void on_closed(std::function<void()> callback);

 private:
  ConnectionLink connection_;
};

/// One request, and the only way to answer it: at once or later, whole or piece by piece. Destroyed
/// unanswered it answers 500. It may outlive its connection and the server; then an answer goes
/// nowhere. None of its calls calls back: the next request of the connection comes on a later turn,
/// or when the handler has returned.
class Exchange {
 public:
  Exchange(ConnectionLink connection, Request request);
  Exchange(Exchange&&) noexcept = default;
  Exchange& operator=(Exchange&& other) noexcept;
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;
  ~Exchange();

  [[nodiscard]] const Request& request() const { return request_; }
  /// False when the connection is gone.
  [[nodiscard]] bool is_open() const { return !connection_.expired(); }

  /// Answers. A HEAD gets the head only.
  void reply(const Response& response);
  /// Begins an answer of unknown length, in chunks or, for HTTP/1.0, until the connection closes.
  /// `head.body` is its first piece.
  BodyWriter start(const Response& head);

 private:
  ConnectionLink connection_;  // Empty once answered.
  Request request_;
};

}  // namespace gaffer::net
