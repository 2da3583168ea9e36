#include "base/terminal_text.h"

#include <cstdint>

#include "base/utf8.h"

namespace gaffer {
namespace {

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
std::string shown(const Utf8Character& character, std::string_view bytes) {
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
    } else if (const auto character = first_character(text)) {
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
