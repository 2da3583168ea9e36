#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/assert.h"
#include "net/web_socket_frames.h"

/// \file
/// Whatever a client sends over a WebSocket, and however the network portions it: the same messages
/// none longer than it may be, and the same answers. But for a close: whether its reason is text
/// wslay does not see when it comes in pieces.

namespace {

constexpr std::size_t kMost = 200;  // Small, so that short inputs reach it.

struct Outcome {
  std::vector<gaffer::net::WebSocketMessage> messages;
  std::string output;
  bool has_ended = false;
};

void collect(gaffer::net::WebSocketFrames& frames, Outcome& outcome) {
  for (gaffer::net::WebSocketMessage& message : frames.take_messages()) {
    GAFFER_ASSERT(message.bytes.size() <= kMost, "no message is too long");
    outcome.messages.push_back(std::move(message));
  }
  outcome.output += frames.take_output();
  outcome.has_ended = frames.has_ended();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);

  Outcome whole;
  gaffer::net::WebSocketFrames at_once(kMost);
  at_once.feed(bytes);
  collect(at_once, whole);

  Outcome portioned;
  gaffer::net::WebSocketFrames bit_by_bit(kMost);
  for (std::string_view rest = bytes; !rest.empty();) {
    // From the bytes themselves, so that the corpus stays readable.
    const std::size_t portion =
        std::min<std::size_t>(rest.size(), 1 + static_cast<unsigned char>(rest.front()) % 7);
    bit_by_bit.feed(rest.substr(0, portion));
    rest.remove_prefix(portion);
    collect(bit_by_bit, portioned);
  }
  GAFFER_ASSERT(whole.messages == portioned.messages, "portions make no difference");
  if (whole.has_ended || portioned.has_ended) return 0;
  GAFFER_ASSERT(whole.output == portioned.output, "nor do they to what is answered");
  return 0;
}
