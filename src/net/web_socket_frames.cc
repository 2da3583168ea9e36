#include "net/web_socket_frames.h"

#include <algorithm>
#include <utility>

#include <wslay/wslay.h>

#include "base/assert.h"

namespace gaffer::net {
namespace {

constexpr std::size_t kMaxReason = 123;

const std::uint8_t* bytes_of(std::string_view text) {
  return reinterpret_cast<const std::uint8_t*>(text.data());
}

}  // namespace

/// What wslay calls. It keeps no messages itself: its list of frames would cost a client, who sends
/// a byte in each, a hundred times the memory that it has sent.
struct WebSocketFrames::Callbacks {
  static WebSocketFrames& self(void* user) { return *static_cast<WebSocketFrames*>(user); }

  static ssize_t receive(wslay_event_context* context, std::uint8_t* into, std::size_t size,
                         int /*flags*/, void* user) {
    std::string_view& input = self(user).input_;
    const std::size_t taken = std::min(size, input.size());
    if (taken == 0) {
      wslay_event_set_error(context, WSLAY_ERR_WOULDBLOCK);
      return -1;
    }
    std::copy_n(bytes_of(input), taken, into);
    input.remove_prefix(taken);
    return static_cast<ssize_t>(taken);
  }

  static ssize_t send(wslay_event_context* /*context*/, const std::uint8_t* bytes, std::size_t size,
                      int /*flags*/, void* user) {
    self(user).output_.append(reinterpret_cast<const char*>(bytes), size);
    return static_cast<ssize_t>(size);
  }

  static void frame(wslay_event_context* /*context*/,
                    const wslay_event_on_frame_recv_start_arg* frame, void* user) {
    self(user).begin_frame(frame->opcode, frame->payload_length);
  }

  static void piece(wslay_event_context* /*context*/,
                    const wslay_event_on_frame_recv_chunk_arg* piece, void* user) {
    WebSocketFrames& frames = self(user);
    if (!frames.is_in_message_) return;
    frames.message_.append(reinterpret_cast<const char*>(piece->data), piece->data_length);
  }

  static void message(wslay_event_context* /*context*/, const wslay_event_on_msg_recv_arg* whole,
                      void* user) {
    WebSocketFrames& frames = self(user);
    if (!frames.is_in_message_) return;
    const auto kind = whole->opcode == WSLAY_TEXT_FRAME ? WebSocketMessage::Kind::Text
                                                        : WebSocketMessage::Kind::Binary;
    frames.messages_.push_back({kind, std::exchange(frames.message_, {})});
  }
};

void WebSocketFrames::Free::operator()(wslay_event_context* context) const noexcept {
  wslay_event_context_free(context);
}

WebSocketFrames::WebSocketFrames(std::size_t max_message_bytes)
    : max_message_bytes_(max_message_bytes) {
  const wslay_event_callbacks callbacks{.recv_callback = Callbacks::receive,
                                        .send_callback = Callbacks::send,
                                        .genmask_callback = nullptr,
                                        .on_frame_recv_start_callback = Callbacks::frame,
                                        .on_frame_recv_chunk_callback = Callbacks::piece,
                                        .on_frame_recv_end_callback = nullptr,
                                        .on_msg_recv_callback = Callbacks::message};
  wslay_event_context* context = nullptr;
  const int status = wslay_event_context_server_init(&context, &callbacks, this);
  GAFFER_ASSERT(status == 0, "there is memory");
  context_.reset(context);
  wslay_event_config_set_no_buffering(context, 1);
  wslay_event_config_set_max_recv_msg_length(context, max_message_bytes);
}

void WebSocketFrames::begin_frame(std::uint8_t opcode, std::uint64_t size) {
  is_in_message_ = !wslay_is_ctrl_frame(opcode);
  // wslay looks at the length of a frame only; its message may have begun in earlier ones.
  if (is_in_message_ && size > max_message_bytes_ - message_.size()) return fail(CloseCode::TooBig);
  // Half a code, which wslay takes for none.
  if (opcode == WSLAY_CONNECTION_CLOSE && size == 1) fail(CloseCode::Protocol);
}

void WebSocketFrames::fail(CloseCode code) {
  is_in_message_ = false;
  close(code, "");
  wslay_event_shutdown_read(context_.get());
}

void WebSocketFrames::feed(std::string_view bytes) {
  input_ = bytes;
  if (wslay_event_want_read(context_.get()) != 0) {
    const int status = wslay_event_recv(context_.get());
    GAFFER_ASSERT(status != WSLAY_ERR_NOMEM, "there is memory");
    if (status != 0) say_what_is_wrong();
  }
  input_ = {};
}

// Of a frame that is none wslay says a close without a code.
void WebSocketFrames::say_what_is_wrong() {
  constexpr std::string_view kCloseWithoutCode("\x88\0", 2);
  constexpr std::string_view kProtocolError = "\x88\x02\x03\xea";
  output_ = take_output();
  if (!output_.ends_with(kCloseWithoutCode)) return;  // It had closed before.
  output_.replace(output_.size() - kCloseWithoutCode.size(), kCloseWithoutCode.size(),
                  kProtocolError);
}

std::vector<WebSocketMessage> WebSocketFrames::take_messages() {
  return std::exchange(messages_, {});
}

std::string WebSocketFrames::take_output() {
  const int status = wslay_event_send(context_.get());
  GAFFER_ASSERT(status == 0, "there is memory");
  return std::exchange(output_, {});
}

// Once a close was said wslay takes nothing more, which is what is wanted.
void WebSocketFrames::send(WebSocketMessage::Kind kind, std::string_view bytes) {
  const auto opcode = kind == WebSocketMessage::Kind::Text ? WSLAY_TEXT_FRAME : WSLAY_BINARY_FRAME;
  const wslay_event_msg message{static_cast<std::uint8_t>(opcode), bytes_of(bytes), bytes.size()};
  (void)wslay_event_queue_msg(context_.get(), &message);
}

void WebSocketFrames::ping() {
  const wslay_event_msg message{WSLAY_PING, nullptr, 0};
  (void)wslay_event_queue_msg(context_.get(), &message);
}

void WebSocketFrames::close(CloseCode code, std::string_view reason) {
  reason = reason.substr(0, kMaxReason);
  (void)wslay_event_queue_close(context_.get(), static_cast<std::uint16_t>(code), bytes_of(reason),
                                reason.size());
}

bool WebSocketFrames::is_closed_by_client() const {
  return wslay_event_get_close_received(context_.get()) != 0;
}

bool WebSocketFrames::has_ended() const {
  return wslay_event_get_read_enabled(context_.get()) == 0;
}

}  // namespace gaffer::net
