#pragma once

#include <charconv>
#include <concepts>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gaffer {

/// The text without blanks, tabs, CR and LF at both ends.
std::string_view trim(std::string_view text);

/// The pieces between separators, empty ones too: `split("a,,b", ',')` is a, "", b.
std::vector<std::string_view> split(std::string_view text, char separator);

/// The candidate with the least edits to `word`, or nothing if none is near enough to be a slip of
/// the finger (at most one edit, and one more for every three letters).
std::optional<std::string_view> nearest(std::string_view word,
                                        std::span<const std::string_view> candidates);

/// The sentence part ` (did you mean X?)`, or nothing.
std::string did_you_mean(std::string_view word, std::span<const std::string_view> candidates);

/// The whole text as a decimal number; nothing if there is anything else in it or it does not fit.
template <std::integral T>
std::optional<T> parse_number(std::string_view text) {
  T value{};
  const char* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || stopped != end) return std::nullopt;
  return value;
}

/// Puts `by` in the place of every `what`, which is not empty.
void replace_all(std::string& text, std::string_view what, std::string_view by);

}  // namespace gaffer
