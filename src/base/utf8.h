#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace gaffer {

struct Utf8Character {
  std::uint32_t code;
  std::size_t bytes;  ///< 1 … 4.
};

/// The character at the front, or nothing if the bytes are no UTF-8 (RFC 3629).
/// REQUIRES: the text is not empty.
std::optional<Utf8Character> first_character(std::string_view text);

/// Whether all of it is UTF-8.
bool is_utf8(std::string_view text);

}  // namespace gaffer
