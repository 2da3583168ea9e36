#include "core/config/value.h"

#include <array>
#include <charconv>

#include "core/config/text.h"

namespace gaffer::config {
namespace {

std::string decimal_text(double number) {
  // The shortest spelling without an exponent; the smallest double needs 326 characters, some with
  // more digits a few more.
  std::array<char, 512> buffer;
  const auto [end, error] =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), number, std::chars_format::fixed);
  return error == std::errc{} ? std::string(buffer.data(), end) : std::string();
}

}  // namespace

std::string text_of(const Scalar& scalar) {
  if (const auto* text = std::get_if<std::string>(&scalar)) return *text;
  if (const auto* boolean = std::get_if<bool>(&scalar)) return *boolean ? "true" : "false";
  if (const auto* number = std::get_if<std::int64_t>(&scalar)) return std::to_string(*number);
  return decimal_text(std::get<double>(scalar));
}

std::optional<std::string> text_of(const Value& value) {
  const auto* scalar = std::get_if<Scalar>(&value);
  return scalar == nullptr ? std::nullopt : std::optional(text_of(*scalar));
}

std::optional<std::string> word_of(const Scalar& scalar) {
  const bool is_word =
      std::holds_alternative<std::string>(scalar) || std::holds_alternative<std::int64_t>(scalar);
  return is_word ? std::optional(text_of(scalar)) : std::nullopt;
}

std::string shown(const Value& value) {
  if (std::holds_alternative<List>(value)) return "a list";
  if (std::holds_alternative<Map>(value)) return "an object";
  const auto& scalar = std::get<Scalar>(value);
  return std::holds_alternative<std::string>(scalar) ? in_quotes(std::get<std::string>(scalar))
                                                     : text_of(scalar);
}

}  // namespace gaffer::config
