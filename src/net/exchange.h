#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string_view>

#include "net/http_message.h"
#include "net/web_socket.h"

namespace gaffer::net {

/// Who sends an answer: a connection, or somebody who has made up a request. The other side of
/// Exchange and BodyWriter, where the calls are described. None of them calls back.
class Responder {
 public:
  Responder() = default;
  Responder(const Responder&) = delete;
  Responder& operator=(const Responder&) = delete;
  virtual ~Responder() = default;

  virtual void reply(const Response& response) = 0;
  /// False when there will be no BodyWriter.
  virtual bool start_body(const Response& head) = 0;
  virtual void write_body(std::string_view bytes) = 0;
  virtual void end_body() = 0;
  virtual void on_drained(std::function<void()> callback) = 0;
  virtual void on_closed(std::function<void()> callback) = 0;
  [[nodiscard]] virtual std::size_t queued_bytes() const = 0;
  virtual WebSocket upgrade(const Request& request) = 0;
};

/// A way back to somebody who may be gone.
using ResponderLink = std::weak_ptr<Responder* const>;

/// The body of an answer that is written piece by piece. Destroying it ends the body properly. It
/// may outlive its connection and the server; then it is closed, and its calls do nothing. It is
/// closed from the start when there is nobody to write to: after a HEAD, or when the client has
/// ended its side meanwhile.
class BodyWriter {
 public:
  /// A closed one.
  BodyWriter() = default;
  explicit BodyWriter(ResponderLink responder) : responder_(std::move(responder)) {}
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
  ResponderLink responder_;
};

/// One request, and the only way to answer it: at once or later, whole or piece by piece. Destroyed
/// unanswered it answers 500. It may outlive its connection and the server; then an answer goes
/// nowhere. None of its calls calls back: the next request of the connection comes on a later turn,
/// or when the handler has returned.
class Exchange {
 public:
  Exchange(ResponderLink responder, Request request);
  Exchange(Exchange&&) noexcept = default;
  Exchange& operator=(Exchange&& other) noexcept;
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;
  ~Exchange();

  [[nodiscard]] const Request& request() const { return request_; }
  /// False when the connection is gone.
  [[nodiscard]] bool is_open() const { return !responder_.expired(); }

  /// A header of the answer, whoever makes that.
  void add_header(Header header) { headers_.push_back(std::move(header)); }
  /// From so many bytes on a whole answer in JSON or text is compressed where the client takes gzip.
  static constexpr std::size_t kCompressedBytes = 1'024;

  /// Answers. A HEAD gets the head only.
  void reply(const Response& response);
  /// Begins an answer of unknown length, in chunks or, for HTTP/1.0, until the connection closes.
  /// `head.body` is its first piece.
  BodyWriter start(const Response& head);
  /// Answers that a WebSocket follows. REQUIRES: !wrong_with_upgrade(request()).
  WebSocket upgrade();

 private:
  ResponderLink responder_;  // Empty once answered.
  Request request_;
  Headers headers_;  // Of the answer.
};

}  // namespace gaffer::net
