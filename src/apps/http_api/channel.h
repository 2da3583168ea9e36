#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "apps/http_api/call.h"
#include "apps/http_api/session.h"
#include "net/exchange.h"
#include "net/web_socket.h"
#include "uv/timer.h"
#include "wire/channel.h"

namespace gaffer::apps {

class HttpApi;

/// Requests of the API over one WebSocket, many at once (wire/channel.h). What a request may do, and
/// what it is answered, is what it would be over a connection of its own: the routes do not know the
/// difference.
///
/// So many requests at most are under way; one more is answered 503. What goes to a client that does
/// not take it stops at the bounds of the feeds, and nothing more of what it sends is looked at.
class Channel final : public Session {
 public:
  static constexpr std::size_t kMaxRequests = 64;

  /// CALLS: `on_done` once on a later turn, when the client has ended; it destroys this.
  Channel(HttpApi& api, Caller caller, net::WebSocket socket, std::function<void()> on_done);
  ~Channel() override;

 private:
  class Request;

  void heard(const net::WebSocketMessage& message);
  void begin(const wire::ChannelRequest& wanted);
  void cancel(const std::string& id);
  void drained();
  void drained_later();
  void ended();
  void send(std::string_view text);

  HttpApi& api_;
  const Caller caller_;
  const std::function<void()> on_done_;
  uv::Timer later_;  // What calls us is not to be called back.
  net::WebSocket socket_;
  std::map<std::string, std::unique_ptr<Request>> requests_;  // By id.
};

}  // namespace gaffer::apps
