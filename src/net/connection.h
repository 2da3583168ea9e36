#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "net/channel.h"
#include "net/http_server.h"
#include "uv/timer.h"

namespace gaffer::net {

/// One client of an HttpServer. Private to this folder; the outside holds Exchange and BodyWriter.
///
/// Reading -> (request complete) -> Answering -> (reply) -> Reading, or Closing if not to be kept
///                                  Answering -> (start) -> Streaming -> (end) -> likewise
/// Closing -> (answer taken by the kernel) -> gone, or, when the client may still be sending:
/// Lingering -> (client ends, or a second has passed) -> gone
///
/// Invariants: (1) there is an Exchange or a BodyWriter in Answering and Streaming and at no other
/// time. (2) What these two call only writes and changes the state; it destroys nothing and calls
/// nobody. (3) So only libuv's callbacks lead to `end`, and they touch nothing after it, nor after
/// they have called out.
class Connection {
 public:
  Connection(uv::Loop& loop, uv::Stream stream, const HttpServer::Settings& settings,
             std::shared_ptr<const HttpServer::Handler> handler, std::function<void()> on_ended);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection();

  /// Begins to read. CALLS: `on_ended`, which destroys this, when the connection is done with.
  void serve();
  /// Answers with an error and closes.
  void refuse(const Refusal& refusal);

  void reply(const Response& response);
  /// False when there will be no BodyWriter.
  bool start_body(const Response& head);
  void write_body(std::string_view bytes);
  void end_body();
  void on_drained(std::function<void()> callback);
  void on_closed(std::function<void()> callback);
  [[nodiscard]] std::size_t queued_bytes() const { return channel_.queued_bytes(); }

 private:
  using Callback = std::shared_ptr<const std::function<void()>>;
  enum class State { Reading, Answering, Streaming, Closing, Lingering };
  enum class Deadline { Request, Idle, Send, End };

  void received(std::string_view bytes);
  void ended(const Error* error);
  void written(const Result<void>& done);
  void expired(Deadline deadline);

  void advance();
  /// False when there is nothing more to do for now.
  bool take_next();
  void dispatch(Request request);
  void regulate_reading();

  void write(std::string bytes);
  [[nodiscard]] std::string head_of(const Response& response, std::string_view framing) const;
  void answered();
  void await_request();
  void start_deadline(Deadline deadline, std::chrono::milliseconds delay);
  void end();

  const HttpServer::Settings& settings_;
  std::shared_ptr<const HttpServer::Handler> handler_;
  std::function<void()> on_ended_;
  RequestParser parser_;
  State state_ = State::Reading;
  Deadline deadline_ = Deadline::Request;
  std::size_t queued_at_deadline_start_ = 0;
  std::size_t writes_ = 0;  // Given to the stream and not reported yet.
  bool is_reading_ = false;
  bool has_ended_ = false;   // The client has ended its side.
  bool is_refused_ = false;  // The client may be sending still.
  // Of the request that is being answered.
  bool is_head_ = false;
  bool keep_alive_ = false;
  int version_minor_ = 1;

  Callback on_drained_;
  Callback on_closed_;
  // Destroyed first, so that nothing comes back from what the closures above own.
  uv::Timer timer_;
  Channel channel_;
  std::shared_ptr<Connection* const> link_;
};

}  // namespace gaffer::net
