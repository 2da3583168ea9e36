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

std::string escaped(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string shown;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    shown += {'\\', 'x', kDigits[byte >> 4], kDigits[byte & 0xf]};
  }
  return shown;
}

/// A character of the text as it may be sent.
std::string shown(const Character& character, std::string_view bytes) {
  constexpr std::uint32_t kDelete = 0x7f;
  if (character.code < 0x20 && character.code != '\t')
    return {'^', static_cast<char>(bytes[0] + 0x40)};
  if (character.code == kDelete) return "^?";
  const bool is_c1 = character.code > kDelete && character.code < 0xa0;
  return is_c1 || turns_direction(character.code) ? escaped(bytes) : std::string(bytes);
}

}  // namespace

std::string terminal_safe(std::string_view text) {
  std::string safe;
  safe.reserve(text.size());
  while (!text.empty()) {
    std::size_t taken = colour_at(text);
    if (taken > 0) {
      safe += text.substr(0, taken);
    } else if (const auto character = front_of(text)) {
      taken = character->bytes;
      safe += shown(*character, text.substr(0, taken));
    } else {
      taken = 1;
      safe += escaped(text.substr(0, taken));
    }
    text.remove_prefix(taken);
  }
  return safe;
}

}  // namespace gaffer
