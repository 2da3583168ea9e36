#pragma once

#include <functional>
#include <memory>
#include <string>

#include "apps/http_api/call.h"
#include "apps/http_api/session.h"
#include "net/exchange.h"
#include "net/web_socket.h"
#include "uv/timer.h"

namespace gaffer::apps {

class HttpApi;

/// The output and the input of processes over one WebSocket: what is written to its BodyWriter are
/// messages, and what comes is written to the processes.
class StreamSocket final : public Session, public net::Responder {
 public:
  struct Settings {
    std::string target;
    bool has_commands = false;  ///< Texts are wire::TerminalCommand, not input.
    bool is_text = false;       ///< What is written is valid UTF-8.
  };
  /// CALLS: `on_done` once on a later turn, when the client or the output has ended; it destroys
  /// this.
  StreamSocket(HttpApi& api, Caller caller, net::WebSocket socket, Settings settings,
               std::function<void()> on_done);

  [[nodiscard]] net::BodyWriter writer() const { return net::BodyWriter(link_); }

  void reply(const net::Response& response) override;
  bool start_body(const net::Response& head) override;
  void write_body(std::string_view bytes) override;
  void end_body() override;
  void on_drained(std::function<void()> callback) override;
  void on_closed(std::function<void()> callback) override;
  [[nodiscard]] std::size_t queued_bytes() const override { return socket_.queued_bytes(); }
  net::WebSocket upgrade(const net::Request& request) override;

 private:
  using Callback = std::shared_ptr<const std::function<void()>>;

  void heard(const net::WebSocketMessage& message);
  Result<void> carry_out(const net::WebSocketMessage& message);
  void ended();
  void close(net::CloseCode code, std::string_view reason);

  HttpApi& api_;
  const Caller caller_;
  const Settings settings_;
  const std::function<void()> on_done_;
  bool has_written_ = false;
  Callback on_drained_;
  Callback on_closed_;
  uv::Timer end_;  // On a later turn, for what calls us is not to be destroyed.
  net::WebSocket socket_;
  std::shared_ptr<net::Responder* const> link_;
};

}  // namespace gaffer::apps
