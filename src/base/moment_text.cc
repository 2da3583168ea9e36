#include "base/moment_text.h"

#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <string>
#include <utility>

#include <time.h>

namespace gaffer {
namespace {

using Seconds = std::chrono::duration<double>;

/// A number of seconds that a clock can hold.
std::optional<WallTime::duration> duration_of(double seconds) {
  constexpr double kMost = 9e9;  // The year 2255; beyond it nanoseconds do not fit.
  if (!std::isfinite(seconds) || std::abs(seconds) > kMost) return std::nullopt;
  return std::chrono::duration_cast<WallTime::duration>(Seconds(seconds));
}

/// A decimal number at the front of a text and what follows it.
std::optional<std::pair<double, std::string_view>> take_number(std::string_view text) {
  double number = 0;
  const char* const end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, number, std::chars_format::fixed);
  if (error != std::errc{}) return std::nullopt;
  return std::pair(number, std::string_view(stopped, static_cast<std::size_t>(end - stopped)));
}

std::optional<WallTime> parse_ago(std::string_view text, WallTime now) {
  constexpr std::array<std::pair<std::string_view, double>, 5> kUnits = {
      {{"ms", 1e-3}, {"s", 1}, {"m", 60}, {"h", 3600}, {"d", 86400}}};
  const auto number = take_number(text);
  if (!number || number->first < 0) return std::nullopt;
  for (const auto& [unit, seconds] : kUnits) {
    if (number->second != unit) continue;
    const auto ago = duration_of(number->first * seconds);
    return ago ? std::optional(now - *ago) : std::nullopt;
  }
  return std::nullopt;
}

std::optional<WallTime> parse_date(std::string_view text) {
  const bool is_utc = text.ends_with('Z');
  if (is_utc) text.remove_suffix(1);
  double fraction = 0;
  if (const auto dot = text.find('.'); dot != std::string_view::npos) {
    const auto digits = take_number(text.substr(dot));
    if (!digits || !digits->second.empty()) return std::nullopt;
    fraction = digits->first;
    text = text.substr(0, dot);
  }
  std::string copy(text);
  for (const char* form :
       {"%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%d"}) {
    tm parts{};
    parts.tm_isdst = -1;
    const char* const rest = ::strptime(copy.c_str(), form, &parts);
    if (rest == nullptr || *rest != '\0') continue;
    const time_t seconds = is_utc ? ::timegm(&parts) : ::mktime(&parts);
    const auto since = duration_of(static_cast<double>(seconds) + fraction);
    return since ? std::optional(WallTime(*since)) : std::nullopt;
  }
  return std::nullopt;
}

}  // namespace

std::optional<WallTime> parse_moment(std::string_view text, WallTime now) {
  if (text.starts_with('@')) {
    const auto number = take_number(text.substr(1));
    const auto since = number && number->second.empty() ? duration_of(number->first) : std::nullopt;
    return since ? std::optional(WallTime(*since)) : std::nullopt;
  }
  if (const auto ago = parse_ago(text, now)) return ago;
  return parse_date(text);
}

}  // namespace gaffer
