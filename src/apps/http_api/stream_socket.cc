#include "apps/http_api/stream_socket.h"

#include <utility>

#include "apps/http_api/http_api.h"
#include "base/utf8.h"
#include "wire/channel.h"

namespace gaffer::apps {

using Kind = net::WebSocketMessage::Kind;

StreamSocket::StreamSocket(HttpApi& api, Caller caller, net::WebSocket socket, Settings settings,
                           std::function<void()> on_done)
    : api_(api),
      caller_(std::move(caller)),
      settings_(std::move(settings)),
      on_done_(std::move(on_done)),
      end_(api.manager().loop()),
      socket_(std::move(socket)),
      link_(std::make_shared<net::Responder* const>(this)) {
  socket_.listen({.on_message = [this](const net::WebSocketMessage& message) { heard(message); },
                  .on_drained =
                      [this] {
                        if (const Callback callback = on_drained_) (*callback)();
                      },
                  .on_closed = [this] { ended(); }});
}

void StreamSocket::heard(const net::WebSocketMessage& message) {
  const auto done = carry_out(message);
  if (!done) close(net::CloseCode::Policy, done.error().message);
}

Result<void> StreamSocket::carry_out(const net::WebSocketMessage& message) {
  if (!wire::allows(caller_.scopes, wire::Scope::Write))
    return Error{Errc::PermissionDenied, 0, "this needs the scope write"};
  if (!api_.is_valid(caller_)) return Error{Errc::PermissionDenied, 0, "the token was revoked"};
  if (!std::exchange(has_written_, true)) api_.audit(caller_, "WS /wstreams/" + settings_.target);
  if (!settings_.has_commands || message.kind == Kind::Binary)
    return api_.manager().write(settings_.target, message.bytes);
  GAFFER_TRY(const wire::TerminalCommand command, wire::parse_terminal_command(message.bytes));
  switch (command.kind) {
    case wire::TerminalCommand::Kind::Write:
      return api_.manager().write(settings_.target, command.text);
    case wire::TerminalCommand::Kind::EndInput:
      return api_.manager().close_input(settings_.target);
    case wire::TerminalCommand::Kind::Resize:
      return api_.manager().resize(settings_.target,
                                   {.rows = command.rows, .columns = command.columns});
  }
  return {};
}

// The writer's owner lets go of it when it hears this.
void StreamSocket::ended() {
  link_.reset();
  on_drained_ = nullptr;
  end_.start(std::chrono::milliseconds(0), [this] { on_done_(); });
  if (const Callback callback = std::exchange(on_closed_, nullptr)) (*callback)();
}

void StreamSocket::close(net::CloseCode code, std::string_view reason) {
  socket_.close(code, reason);
  ended();
}

// --- What is written -----------------------------------------------------------------------------

void StreamSocket::reply(const net::Response& /*response*/) {}
bool StreamSocket::start_body(const net::Response& /*head*/) { return true; }

void StreamSocket::write_body(std::string_view bytes) {
  if (bytes.empty()) return;
  const bool is_text = settings_.is_text || is_utf8(bytes);
  socket_.send(is_text ? Kind::Text : Kind::Binary, bytes);
}

void StreamSocket::end_body() {
  link_.reset();
  on_drained_ = nullptr;
  on_closed_ = nullptr;
  socket_.close(net::CloseCode::Normal);
  end_.start(std::chrono::milliseconds(0), [this] { on_done_(); });
}

void StreamSocket::on_drained(std::function<void()> callback) {
  on_drained_ = std::make_shared<const std::function<void()>>(std::move(callback));
}

void StreamSocket::on_closed(std::function<void()> callback) {
  on_closed_ = std::make_shared<const std::function<void()>>(std::move(callback));
}

net::WebSocket StreamSocket::upgrade(const net::Request& /*request*/) { return {}; }

}  // namespace gaffer::apps
