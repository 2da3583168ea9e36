#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "net/http_message.h"

namespace gaffer::net {

class Connection;

struct WebSocketMessage {
  enum class Kind : std::uint8_t {
    Text,  ///< Valid UTF-8, also what is sent: that is for the sender to see to.
    Binary,
  };
  Kind kind = Kind::Text;
  std::string bytes;
  bool operator==(const WebSocketMessage&) const = default;
};

/// Why a WebSocket is closed, of RFC 6455 §7.4.1.
enum class CloseCode : std::uint16_t {
  Normal = 1000,
  GoingAway = 1001,
  Protocol = 1002,
  Policy = 1008,
  TooBig = 1009,
  Failed = 1011,
};

/// A WebSocket (RFC 6455), the server's side: see Exchange::upgrade. Destroying it closes it with
/// 1001 unless it was closed. It may outlive its connection and the server; then it is closed, and
/// its calls do nothing.
///
/// A message may have HttpServer::Settings::limits.body_bytes. A client that takes nothing of what
/// is sent is not read from while 64 KiB wait; beyond `max_socket_queue` it is given up without a
/// word, for it would not hear it. One that does not answer a ping is given up as well.
class WebSocket {
 public:
  /// A closed one.
  WebSocket() = default;
  explicit WebSocket(std::weak_ptr<Connection* const> connection)
      : connection_(std::move(connection)) {}
  WebSocket(WebSocket&&) noexcept = default;
  WebSocket& operator=(WebSocket&& other) noexcept;
  WebSocket(const WebSocket&) = delete;
  WebSocket& operator=(const WebSocket&) = delete;
  ~WebSocket();

  void send(WebSocketMessage::Kind kind, std::string_view bytes);
  /// Bytes of this connection that the kernel has not taken yet; 0 when closed.
  [[nodiscard]] std::size_t queued_bytes() const;
  /// False when nothing that is sent arrives any more.
  [[nodiscard]] bool is_open() const;
  /// Sends a close behind all that was sent. Nothing is called any more.
  void close(CloseCode code, std::string_view reason = "");

  struct Handlers {
    /// CALLS: with each message, on a later turn. It may send, close and destroy this.
    std::function<void(WebSocketMessage message)> on_message;
    /// CALLS: each time that all that was written has reached the kernel; for the first time
    /// without a message sent. It may send, close and destroy this.
    std::function<void()> on_drained;
    /// CALLS: once when the client has closed, broken the protocol or is gone. When it is called,
    /// this is closed.
    std::function<void()> on_closed;
  };
  /// LIFETIME: the handlers are dropped uncalled when this or the server is destroyed or closed.
  void listen(Handlers handlers);

 private:
  std::weak_ptr<Connection* const> connection_;
};

/// The answer to a request that cannot become a WebSocket; nothing if it can: 426 for one that does
/// not ask for it, or for another version than 13; 400 without a proper key.
std::optional<Response> wrong_with_upgrade(const Request& request);

/// The head of the answer to one that can. Where the client offers the subprotocol `gaffer`, that
/// is chosen. REQUIRES: !wrong_with_upgrade(request).
Response upgrade_response(const Request& request);

}  // namespace gaffer::net
