#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "net/channel.h"
#include "net/exchange.h"
#include "net/http_server.h"
#include "net/web_socket_frames.h"
#include "uv/timer.h"

namespace gaffer::net {

class Connection;
using ConnectionLink = std::weak_ptr<Connection* const>;

/// One client of an HttpServer. Private to this folder; the outside holds an Exchange, a BodyWriter
/// or a WebSocket.
///
/// Reading -> (request complete) -> Answering -> (reply) -> Reading, or Closing if not to be kept
///                                  Answering -> (start) -> Streaming -> (end) -> likewise
///                                  Answering -> (upgrade) -> Upgraded -> (close) -> Closing
/// Closing -> (answer taken by the kernel) -> gone, or, when the client may still be sending:
/// Lingering -> (client ends, or a second has passed) -> gone
///
/// Invariants: (1) there is an Exchange, a BodyWriter or a WebSocket in Answering, Streaming and
/// Upgraded and at no other time. (2) What these call only writes and changes the state; it destroys
/// nothing and calls nobody. (3) So only libuv's callbacks lead to `end`, and they touch nothing after it, nor after
/// they have called out.
class Connection final : public Responder {
 public:
  Connection(uv::Loop& loop, uv::Stream stream, const HttpServer::Settings& settings,
             std::shared_ptr<const HttpServer::Handler> handler, std::function<void()> on_ended);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection() override;

  /// Begins to read. CALLS: `on_ended`, which destroys this, when the connection is done with.
  void serve();
  /// Answers with an error and closes.
  void refuse(const Refusal& refusal);

  void reply(const Response& response) override;
  bool start_body(const Response& head) override;
  void write_body(std::string_view bytes) override;
  void end_body() override;
  void on_drained(std::function<void()> callback) override;
  void on_closed(std::function<void()> callback) override;
  [[nodiscard]] std::size_t queued_bytes() const override { return channel_.queued_bytes(); }

  WebSocket upgrade(const Request& request) override;
  void listen(WebSocket::Handlers handlers);
  void send_message(WebSocketMessage::Kind kind, std::string_view bytes);
  void close_socket(CloseCode code, std::string_view reason);
  [[nodiscard]] bool is_upgraded() const { return state_ == State::Upgraded; }

 private:
  using Callback = std::shared_ptr<const std::function<void()>>;
  enum class State { Reading, Answering, Streaming, Upgraded, Closing, Lingering };
  enum class Deadline { Request, Idle, Send, Ping, End };

  void received(std::string_view bytes);
  void ended(const Error* error);
  void written(const Result<void>& done);
  void expired(Deadline deadline);

  void advance();
  /// False when there is nothing more to do for now.
  bool take_next();
  bool admit(const Request& head);
  void dispatch(Request request);
  void regulate_reading();

  void hear_messages();
  bool agrees_to_close(std::string_view bytes);
  void flush_frames();
  void ping();

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

  std::unique_ptr<WebSocketFrames> frames_;  // Once Upgraded.
  bool is_heard_ = false;                    // Since the last ping.
  std::shared_ptr<const std::function<void(WebSocketMessage)>> on_message_;
  Callback on_drained_;
  Callback on_closed_;
  // Destroyed first, so that nothing comes back from what the closures above own.
  uv::Timer timer_;
  Channel channel_;
  std::shared_ptr<Connection* const> link_;
  std::shared_ptr<Responder* const> responder_link_;
};

}  // namespace gaffer::net
