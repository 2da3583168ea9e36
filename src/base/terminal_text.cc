#include "base/terminal_text.h"

#include <array>
#include <cstdint>
#include <optional>

namespace gaffer {
namespace {

struct Character {
  std::uint32_t code;
  std::size_t bytes;
};

/// The character at the front, or nothing if the bytes are no UTF-8 (RFC 3629).
std::optional<Character> front_of(std::string_view text) {
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return Character{first, 1};
  const std::size_t bytes = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || text.size() < bytes) return std::nullopt;
  std::uint32_t code = first & (0x7fU >> bytes);
  for (std::size_t at = 1; at < bytes; ++at) {
    if ((byte(at) & 0xc0) != 0x80) return std::nullopt;
    code = code << 6 | (byte(at) & 0x3fU);
  }
  constexpr std::array<std::uint32_t, 5> kLeast = {0, 0, 0x80, 0x800, 0x10000};
  const bool is_surrogate = code >= 0xd800 && code <= 0xdfff;
  if (code < kLeast.at(bytes) || code > 0x10ffff || is_surrogate) return std::nullopt;
  return Character{code, bytes};
}

bool turns_direction(std::uint32_t code) {
  return (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069) ||
         code == 0x200e || code == 0x200f || code == 0x061c;
}

/// How long the colour sequence at the front is; 0 if there is none. ECMA-48: CSI, digits and
/// separators, `m`.
std::size_t colour_at(std::string_view text) {
  if (text.size() < 3 || text[0] != '\x1b' || text[1] != '[') return 0;
  const auto end = text.find_first_not_of("0123456789;:", 2);
  return end != std::string_view::npos && text[end] == 'm' ? end + 1 : 0;
}

std::string escaped(unsigned char byte) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  return {'\\', 'x', kDigits[byte >> 4], kDigits[byte & 0xf]};
}

}  // namespace

std::string terminal_safe(std::string_view text) {
  std::string safe;
  safe.reserve(text.size());
  while (!text.empty()) {
    std::size_t taken = colour_at(text);
    const auto character = front_of(text);
    if (taken > 0) {
      safe += text.substr(0, taken);
    } else if (!character) {
      taken = 1;
      safe += escaped(static_cast<unsigned char>(text[0]));
    } else if (taken = character->bytes; character->code < 0x20 && text[0] != '\t') {
      safe += {'^', static_cast<char>(text[0] + 0x40)};
    } else if (character->code == 0x7f) {
      safe += "^?";
    } else if ((character->code >= 0x80 && character->code < 0xa0) ||
               turns_direction(character->code)) {
      for (const char byte : text.substr(0, taken))
        safe += escaped(static_cast<unsigned char>(byte));
    } else {
      safe += text.substr(0, taken);
    }
    text.remove_prefix(taken);
  }
  return safe;
}

}  // namespace gaffer
