#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "net/web_socket.h"

struct wslay_event_context;

namespace gaffer::net {

/// The frames of one WebSocket, the server's side, in memory and on wslay: bytes of the network go
/// in and come out. It does no I/O. Private to this folder.
///
/// A message is handed on when it is whole, in however many frames it came; memory is taken for
/// what has come, not for what was announced. Pings are answered. What breaks the protocol is
/// answered by a close that says why, and nothing more is read.
class WebSocketFrames {
 public:
  /// A longer message than `max_message_bytes` breaks the protocol: 1009.
  explicit WebSocketFrames(std::size_t max_message_bytes);

  /// Takes what the network brought. Bytes behind a close are not looked at.
  void feed(std::string_view bytes);
  /// The messages that have become whole.
  std::vector<WebSocketMessage> take_messages();
  /// What is to go to the network.
  std::string take_output();

  void send(WebSocketMessage::Kind kind, std::string_view bytes);
  void ping();
  /// Says that nothing follows. Of `reason` 123 bytes are sent.
  void close(CloseCode code, std::string_view reason);

  /// The client has said that nothing follows.
  [[nodiscard]] bool is_closed_by_client() const;
  /// Nothing more is read: the client has closed or has broken the protocol.
  [[nodiscard]] bool has_ended() const;

 private:
  struct Callbacks;
  struct Free {
    void operator()(wslay_event_context* context) const noexcept;
  };
  void begin_frame(std::uint8_t opcode, std::uint64_t size);
  void fail(CloseCode code);
  void say_what_is_wrong();

  std::size_t max_message_bytes_;
  std::string_view input_;
  std::string output_;
  bool is_in_message_ = false;  // Of the frame that is being read; or it is a control frame.
  std::string message_;         // As much as has come.
  std::vector<WebSocketMessage> messages_;
  std::unique_ptr<wslay_event_context, Free> context_;
};

}  // namespace gaffer::net
