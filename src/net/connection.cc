#include "net/connection.h"

#include <algorithm>
#include <array>

namespace gaffer::net {
namespace {

// What is read ahead while a request is being answered.
constexpr std::size_t kReadAheadBytes = 65'536;
constexpr std::chrono::milliseconds kLinger = std::chrono::seconds(1);

bool is_ours(std::string_view name) {
  constexpr std::array<std::string_view, 3> kOurs{"Content-Length", "Transfer-Encoding",
                                                  "Connection"};
  return std::any_of(kOurs.begin(), kOurs.end(),
                     [name](std::string_view ours) { return equals_ignoring_case(ours, name); });
}

// A value may hold what a client has sent, decoded: it must not be able to write lines of its own.
std::string one_line(std::string text) {
  std::replace_if(
      text.begin(), text.end(),
      [](char c) { return (static_cast<unsigned char>(c) < ' ' && c != '\t') || c == '\x7f'; },
      ' ');
  return text;
}

bool has_body(int status) { return status / 100 != 1 && status != 204 && status != 304; }

std::string chunk(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string size;
  for (std::size_t rest = bytes.size(); rest > 0; rest /= 16) {
    size.insert(size.begin(), kDigits[rest % 16]);
  }
  return size.append("\r\n").append(bytes).append("\r\n");
}

}  // namespace

Connection::Connection(uv::Loop& loop, uv::Stream stream, const HttpServer::Settings& settings,
                       std::shared_ptr<const HttpServer::Handler> handler,
                       std::function<void()> on_ended)
    : settings_(settings),
      handler_(std::move(handler)),
      on_ended_(std::move(on_ended)),
      parser_(settings.limits,
              settings.admit ? RequestParser::Heads::Told : RequestParser::Heads::Untold),
      timer_(loop),
      channel_(settings.tls ? Channel(loop, std::move(stream), **settings.tls)
                            : Channel(std::move(stream))),
      link_(std::make_shared<Connection* const>(this)),
      responder_link_(std::make_shared<Responder* const>(this)) {}

Connection::~Connection() = default;

void Connection::serve() {
  start_deadline(Deadline::Request, settings_.head_timeout);
  regulate_reading();
}

void Connection::refuse(const Refusal& refusal) {
  is_refused_ = true;
  keep_alive_ = false;
  reply(text_response(refusal.status, refusal.reason + "\n"));
  regulate_reading();
}

// --- What the client does ------------------------------------------------------------------------

void Connection::received(std::string_view bytes) {
  if (state_ == State::Closing || state_ == State::Lingering) {
    if (frames_ && agrees_to_close(bytes)) end();
    return;  // Too late to be heard.
  }
  parser_.feed(bytes);
  if (state_ == State::Upgraded) return hear_messages();
  if (state_ == State::Reading) {
    if (deadline_ == Deadline::Idle) start_deadline(Deadline::Request, settings_.head_timeout);
    advance();
  } else {
    regulate_reading();
  }
}

void Connection::ended(const Error* error) {
  has_ended_ = true;
  is_reading_ = false;
  const bool is_answerable =
      state_ == State::Reading || state_ == State::Answering || state_ == State::Closing;
  if (error != nullptr || !is_answerable) return end();
  // It may have ended only its own side and wait for answers. They come first.
  if (state_ == State::Reading) advance();
}

void Connection::written(const Result<void>& done) {
  if (!done) return end();
  if (--writes_ > 0) return;
  if (state_ == State::Streaming || state_ == State::Upgraded) {
    regulate_reading();
    if (const Callback callback = on_drained_; callback && *callback) (*callback)();
  } else if (state_ == State::Reading) {
    if (deadline_ == Deadline::Send) await_request();
    advance();
  } else if (state_ == State::Closing) {
    // Closing with bytes unread resets the connection, and the answer may be lost with it.
    if (!is_refused_ || has_ended_) return end();
    state_ = State::Lingering;
    start_deadline(Deadline::End, kLinger);
  }
}

void Connection::expired(Deadline deadline) {
  if (deadline == Deadline::Send && queued_bytes() < queued_at_deadline_start_) {
    start_deadline(Deadline::Send, settings_.send_timeout);
  } else if (deadline == Deadline::Ping) {
    ping();
  } else if (deadline == Deadline::Request && parser_.has_begun()) {
    refuse({408, "the request took too long"});
  } else {
    end();
  }
}

// --- Requests ------------------------------------------------------------------------------------

void Connection::advance() {
  const ConnectionLink self = link_;
  // A client that does not take its answers gets no more of them.
  while (state_ == State::Reading && queued_bytes() == 0) {
    const bool goes_on = take_next();
    if (self.expired()) return;
    if (!goes_on) break;
  }
  regulate_reading();
}

bool Connection::take_next() {
  switch (parser_.next()) {
    case RequestParser::Found::Nothing:
      if (has_ended_) end();
      return false;
    case RequestParser::Found::Head:
      return admit(parser_.head());
    case RequestParser::Found::Continue:
      write("HTTP/1.1 100 Continue\r\n\r\n");
      return true;
    case RequestParser::Found::Request:
      dispatch(parser_.take());
      return true;
    case RequestParser::Found::Refusal:
      refuse(parser_.refusal());
      return false;
  }
  return false;
}

// Of somebody who is not let in no body is read.
bool Connection::admit(const Request& head) {
  const auto refusal = settings_.admit(head);
  if (!refusal) return true;
  is_refused_ = true;
  is_head_ = head.method == "HEAD";
  keep_alive_ = false;
  reply(*refusal);
  return false;
}

void Connection::dispatch(Request request) {
  timer_.cancel();
  state_ = State::Answering;
  is_head_ = request.method == "HEAD";
  keep_alive_ = request.keep_alive;
  version_minor_ = request.version_minor;
  const auto handler = handler_;  // It may destroy the server.
  (*handler)(Exchange(responder_link_, std::move(request)));
}

// Reads also while a request is being answered, to hear of the client's end.
void Connection::regulate_reading() {
  const bool discards = state_ == State::Closing || state_ == State::Lingering;
  const std::size_t waiting = frames_ ? queued_bytes() : parser_.buffered_bytes();
  const bool wants = !has_ended_ && (discards || waiting < kReadAheadBytes);
  if (wants == is_reading_) return;
  is_reading_ = wants;
  if (wants) {
    channel_.read([this](std::string_view bytes) { received(bytes); },
                  [this](const Error* error) { ended(error); });
  } else {
    channel_.stop_reading();
  }
}

// --- Answers -------------------------------------------------------------------------------------

void Connection::reply(const Response& response) {
  const bool has_length = has_body(response.status);
  std::string bytes =
      head_of(response,
              has_length ? "Content-Length: " + std::to_string(response.body.size()) + "\r\n" : "");
  if (has_length && !is_head_) bytes += response.body;
  write(std::move(bytes));
  answered();
}

bool Connection::start_body(const Response& head) {
  const bool is_chunked = version_minor_ == 1;
  keep_alive_ = keep_alive_ && is_chunked && !has_ended_;
  write(head_of(head, is_chunked && has_body(head.status) ? "Transfer-Encoding: chunked\r\n" : ""));
  if (is_head_ || !has_body(head.status) || has_ended_) {
    answered();
    return false;
  }
  state_ = State::Streaming;
  write_body(head.body);
  return true;
}

void Connection::write_body(std::string_view bytes) {
  if (bytes.empty()) return;  // An empty chunk would be the last.
  write(version_minor_ == 1 ? chunk(bytes) : std::string(bytes));
}

void Connection::end_body() {
  const Callback drained = std::exchange(on_drained_, nullptr);  // Die last: they may own anything.
  const Callback closed = std::exchange(on_closed_, nullptr);
  if (version_minor_ == 1) write("0\r\n\r\n");
  answered();
}

void Connection::on_drained(std::function<void()> callback) {
  on_drained_ = std::make_shared<const std::function<void()>>(std::move(callback));
}

void Connection::on_closed(std::function<void()> callback) {
  on_closed_ = std::make_shared<const std::function<void()>>(std::move(callback));
}

std::string Connection::head_of(const Response& response, std::string_view framing) const {
  std::string head = "HTTP/1.1 " + std::to_string(response.status) + " ";
  head.append(reason_phrase(response.status)).append("\r\n");
  for (const Header& header : response.headers) {
    if (is_ours(header.name)) continue;
    head.append(one_line(header.name)).append(": ").append(one_line(header.value)).append("\r\n");
  }
  head += framing;
  if (!keep_alive_) head += "Connection: close\r\n";
  if (keep_alive_ && version_minor_ == 0) head += "Connection: keep-alive\r\n";
  return head + "\r\n";
}

void Connection::write(std::string bytes) {
  ++writes_;
  channel_.write(std::move(bytes), [this](const Result<void>& done) { written(done); });
}

// --- A WebSocket ---------------------------------------------------------------------------------

WebSocket Connection::upgrade(const Request& request) {
  keep_alive_ = true;  // Or the head would say that this is the end.
  write(head_of(upgrade_response(request), "Connection: Upgrade\r\n"));
  keep_alive_ = false;
  if (has_ended_) {
    answered();
    return {};
  }
  state_ = State::Upgraded;
  frames_ = std::make_unique<WebSocketFrames>(settings_.limits.body_bytes);
  is_heard_ = true;
  start_deadline(Deadline::Ping, parser_.buffered_bytes() > 0 ? std::chrono::milliseconds(0)
                                                              : settings_.ping_interval);
  return WebSocket(link_);
}

void Connection::listen(WebSocket::Handlers handlers) {
  if (state_ != State::Upgraded) return;
  on_message_ =
      std::make_shared<const std::function<void(WebSocketMessage)>>(std::move(handlers.on_message));
  on_drained(std::move(handlers.on_drained));
  on_closed(std::move(handlers.on_closed));
}

void Connection::hear_messages() {
  const ConnectionLink self = link_;
  is_heard_ = true;
  frames_->feed(parser_.take_rest());
  for (WebSocketMessage& message : frames_->take_messages()) {
    if (const auto on_message = on_message_; on_message && *on_message)
      (*on_message)(std::move(message));
    if (self.expired()) return;
    if (state_ != State::Upgraded) break;
  }
  flush_frames();  // Pongs.
  if (state_ != State::Upgraded || !frames_->has_ended()) return regulate_reading();
  const Callback closed = std::exchange(on_closed_, nullptr);
  is_refused_ = !frames_->is_closed_by_client();
  answered();
  regulate_reading();
  if (closed && *closed) (*closed)();
}

void Connection::send_message(WebSocketMessage::Kind kind, std::string_view bytes) {
  if (state_ != State::Upgraded || deadline_ == Deadline::End) return;
  frames_->send(kind, bytes);
  flush_frames();
  if (queued_bytes() > settings_.max_socket_queue) start_deadline(Deadline::End, {});
}

void Connection::close_socket(CloseCode code, std::string_view reason) {
  if (state_ != State::Upgraded) return;
  on_drained_ = nullptr;
  on_closed_ = nullptr;
  on_message_ = nullptr;
  frames_->close(code, reason);
  flush_frames();
  is_refused_ = true;
  answered();
  regulate_reading();
}

bool Connection::agrees_to_close(std::string_view bytes) {
  frames_->feed(bytes);
  (void)frames_->take_messages();
  return frames_->is_closed_by_client();
}

void Connection::flush_frames() {
  std::string bytes = frames_->take_output();
  if (!bytes.empty()) write(std::move(bytes));
}

// Whatever it sends shows that it is there, and so does taking what it is sent.
void Connection::ping() {
  const bool is_alive = is_heard_ || queued_bytes() < queued_at_deadline_start_;
  if (!is_alive) return end();
  is_heard_ = false;
  frames_->ping();
  flush_frames();
  start_deadline(Deadline::Ping, settings_.ping_interval);
  if (parser_.buffered_bytes() > 0) hear_messages();  // They came with the request.
}

// --- After an answer -----------------------------------------------------------------------------

void Connection::answered() {
  is_head_ = false;
  if (keep_alive_) {
    state_ = State::Reading;
    await_request();
    return;
  }
  state_ = State::Closing;
  channel_.finish();
  // An end on a later turn, see invariant (2).
  if (writes_ == 0) return start_deadline(Deadline::End, {});
  start_deadline(Deadline::Send, settings_.send_timeout);
}

void Connection::await_request() {
  if (queued_bytes() > 0) {
    start_deadline(Deadline::Send, settings_.send_timeout);
  } else if (parser_.has_begun()) {
    start_deadline(Deadline::Request, settings_.head_timeout);
  } else {
    start_deadline(Deadline::Idle, settings_.idle_timeout);
  }
}

void Connection::start_deadline(Deadline deadline, std::chrono::milliseconds delay) {
  deadline_ = deadline;
  queued_at_deadline_start_ = queued_bytes();
  timer_.start(delay, [this, deadline] { expired(deadline); });
}

void Connection::end() {
  const Callback closed = std::exchange(on_closed_, nullptr);
  const auto on_ended = std::move(on_ended_);
  on_ended();  // Destroys this.
  if (closed && *closed) (*closed)();
}

}  // namespace gaffer::net
