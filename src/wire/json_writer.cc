#include "wire/json_writer.h"

#include <array>
#include <charconv>
#include <cmath>
#include <utility>

#include "base/utf8.h"

namespace gaffer::wire {
namespace {

constexpr std::string_view kReplacement = "\uFFFD";

template <typename Number>
void append_number(std::string& text, Number value) {
  std::array<char, 32> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  text.append(digits.data(), end);
}

bool is_plain(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x20 && byte < 0x80 && c != '"' && c != '\\';
}

void append_escaped(std::string& text, char c) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  const auto byte = static_cast<unsigned char>(c);
  switch (c) {
    case '"':
    case '\\':
      text += {'\\', c};
      break;
    case '\n':
      text += "\\n";
      break;
    case '\r':
      text += "\\r";
      break;
    case '\t':
      text += "\\t";
      break;
    default:
      text.append("\\u00") += {kDigits[byte >> 4], kDigits[byte & 0xf]};
  }
}

}  // namespace

JsonWriter& JsonWriter::key(std::string_view name) {
  separate();
  text_.append("\"").append(name).append("\":");
  needs_comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::any_key(std::string_view name) {
  separate();
  quote(name);
  text_ += ':';
  needs_comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::text(std::string_view value) {
  separate();
  quote(value);
  return *this;
}

JsonWriter& JsonWriter::number(std::int64_t value) {
  separate();
  append_number(text_, value);
  return *this;
}

JsonWriter& JsonWriter::number(std::uint64_t value) {
  separate();
  append_number(text_, value);
  return *this;
}

JsonWriter& JsonWriter::number(double value) {
  if (!std::isfinite(value)) return null();
  separate();
  append_number(text_, value);
  return *this;
}

JsonWriter& JsonWriter::raw(std::string_view json) {
  separate();
  text_ += json;
  return *this;
}

std::string JsonWriter::take() {
  needs_comma_ = false;
  return std::exchange(text_, {});
}

JsonWriter& JsonWriter::open(char bracket) {
  separate();
  text_ += bracket;
  needs_comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::close(char bracket) {
  text_ += bracket;
  needs_comma_ = true;
  return *this;
}

void JsonWriter::separate() {
  if (needs_comma_) text_ += ',';
  needs_comma_ = true;
}

void JsonWriter::quote(std::string_view value) {
  text_ += '"';
  while (!value.empty()) {
    std::size_t plain = 0;
    while (plain < value.size() && is_plain(value[plain]))
      ++plain;
    text_ += value.substr(0, plain);
    value.remove_prefix(plain);
    if (value.empty()) break;
    std::size_t taken = 1;
    const auto character = first_character(value);
    if (!character) {
      text_ += kReplacement;
    } else if (character->bytes == 1 && value.front() != '\x7f') {
      append_escaped(text_, value.front());
    } else {
      taken = character->bytes;
      text_ += value.substr(0, taken);
    }
    value.remove_prefix(taken);
  }
  text_ += '"';
}

}  // namespace gaffer::wire
