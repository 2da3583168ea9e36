#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/assert.h"
#include "net/request_parser.h"

/// \file
/// Whatever a client sends, and however the network portions it: the same requests and the same
/// refusal.

namespace {

using gaffer::net::RequestParser;

struct Outcome {
  std::vector<gaffer::net::Request> requests;
  gaffer::net::Refusal refusal{.status = 0};
  bool operator==(const Outcome&) const = default;
};

/// False when the parser has refused.
bool collect(RequestParser& parser, Outcome& outcome) {
  while (true) {
    switch (parser.next()) {
      case RequestParser::Found::Nothing:
        return true;
      case RequestParser::Found::Head:
      case RequestParser::Found::Continue:
        break;
      case RequestParser::Found::Request:
        outcome.requests.push_back(parser.take());
        break;
      case RequestParser::Found::Refusal:
        outcome.refusal = parser.refusal();
        return false;
    }
  }
}

// The sizes of the portions come from the bytes themselves, so that the corpus stays readable.
std::size_t portion_size(std::string_view rest) {
  return std::min<std::size_t>(rest.size(), 1 + static_cast<unsigned char>(rest.front()) % 7);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // Small, so that short inputs reach them.
  const gaffer::net::Limits limits{.head_bytes = 256,
                                   .target_bytes = 64,
                                   .header_count = 8,
                                   .body_bytes = 128,
                                   .chunk_head_bytes = 32};
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);

  Outcome whole;
  RequestParser at_once(limits);
  at_once.feed(bytes);
  collect(at_once, whole);

  Outcome portioned;
  RequestParser bit_by_bit(limits);
  for (std::string_view rest = bytes; !rest.empty();) {
    const std::size_t portion = portion_size(rest);
    bit_by_bit.feed(rest.substr(0, portion));
    rest.remove_prefix(portion);
    if (!collect(bit_by_bit, portioned)) break;
  }
  GAFFER_ASSERT(whole == portioned, "portions make no difference");
  return 0;
}
