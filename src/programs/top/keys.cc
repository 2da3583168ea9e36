#include "programs/top/keys.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/utf8.h"

namespace gaffer::programs::top {
namespace {

using enum Key::Kind;

constexpr std::size_t kLongest = 32;
constexpr char kEscape = '\x1b';

/// A key, if it is one, and how many bytes it takes; 0: its end has not come yet.
struct Read {
  std::optional<Key> key;
  std::size_t bytes = 0;
};

/// What stands between `ESC [` and the end, and the end: ECMA-48, as xterm and the Linux console
/// send it.
std::optional<Key> named(std::string_view parameters, char end) {
  const auto is = [&](std::string_view one, std::string_view other) {
    return parameters == one || parameters == other;
  };
  if (end == 'A') return Key{Up};
  if (end == 'B') return Key{Down};
  if (end == 'H' || (end == '~' && is("1", "7"))) return Key{Home};
  if (end == 'F' || (end == '~' && is("4", "8"))) return Key{End};
  if (end == '~' && parameters == "5") return Key{PageUp};
  if (end == '~' && parameters == "6") return Key{PageDown};
  return std::nullopt;
}

Read read_sequence(std::string_view bytes) {
  if (bytes.size() == 1) return {};
  if (bytes[1] == 'O') {  // The keypad's way.
    if (bytes.size() == 2) return {};
    return {named("", bytes[2]), 3};
  }
  if (bytes[1] != '[') return {Key{Escape}, 1};
  for (std::size_t at = 2; at < bytes.size(); ++at) {
    if (bytes[at] >= '@' && bytes[at] <= '~')
      return {named(bytes.substr(2, at - 2), bytes[at]), at + 1};
  }
  return bytes.size() < kLongest ? Read{} : Read{std::nullopt, bytes.size()};
}

std::optional<Key> control(char byte) {
  switch (byte) {
    case '\r':
    case '\n':
      return Key{Enter};
    case '\x7f':
    case '\b':
      return Key{Backspace};
    case '\x03':
      return Key{Interrupt};
    case '\x0c':
      return Key{Redraw};
    default:
      return std::nullopt;
  }
}

/// Of a character the begin, so far.
bool is_half_character(std::string_view bytes) {
  constexpr std::size_t kLongestCharacter = 4;
  const auto first = static_cast<unsigned char>(bytes[0]);
  return first >= 0xc2 && first <= 0xf4 && bytes.size() < kLongestCharacter &&
         std::ranges::all_of(bytes.substr(1), [](char byte) {
           return (static_cast<unsigned char>(byte) & 0xc0U) == 0x80U;
         });
}

Read read_key(std::string_view bytes) {
  if (bytes[0] == kEscape) return read_sequence(bytes);
  const auto first = static_cast<unsigned char>(bytes[0]);
  if (first < 0x20 || first == 0x7f) return {control(bytes[0]), 1};
  if (const auto character = first_character(bytes))
    return {Key{Character, std::string(bytes.substr(0, character->bytes))}, character->bytes};
  return is_half_character(bytes) ? Read{} : Read{std::nullopt, 1};
}

}  // namespace

std::vector<Key> KeyReader::take(std::string_view bytes) {
  pending_ += bytes;
  std::vector<Key> keys;
  std::string_view rest = pending_;
  while (!rest.empty()) {
    const Read read = read_key(rest);
    if (read.bytes == 0) break;
    if (read.key) keys.push_back(*read.key);
    rest.remove_prefix(read.bytes);
  }
  pending_ = std::string(rest);
  return keys;
}

std::vector<Key> KeyReader::give_up() {
  const std::string half = std::exchange(pending_, {});
  if (half.empty() || half[0] != kEscape) return {};
  return {Key{Escape}};
}

}  // namespace gaffer::programs::top
