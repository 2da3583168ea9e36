#include "base/duration_text.h"

#include <algorithm>
#include <charconv>
#include <system_error>

namespace gaffer {

std::string duration_text(std::chrono::milliseconds duration) {
  constexpr long kMinute = 60;
  constexpr long kHour = 60 * kMinute;
  constexpr long kDay = 24 * kHour;
  const long milliseconds = std::max<long>(0, duration.count());
  const long seconds = milliseconds / 1000;
  const auto text = [](long number, const char* unit) { return std::to_string(number) + unit; };
  const auto two = [&](long number, const char* unit) {
    return (number < 10 ? "0" : "") + text(number, unit);
  };
  if (milliseconds < 100) return text(milliseconds, "ms");
  if (seconds < 10) return std::to_string(seconds) + "." + text(milliseconds / 100 % 10, "s");
  if (seconds < kMinute) return text(seconds, "s");
  if (seconds < kHour) return text(seconds / kMinute, "m") + two(seconds % kMinute, "s");
  if (seconds < kDay) return text(seconds / kHour, "h") + two(seconds % kHour / kMinute, "m");
  return text(seconds / kDay, "d") + text(seconds % kDay / kHour, "h");
}

std::optional<std::chrono::milliseconds> parse_seconds(std::string_view text) {
  constexpr double kMost = 1e9;
  double seconds = 0;
  const char* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, seconds);
  if (error != std::errc{} || stopped != end || !(seconds >= 0 && seconds <= kMost))
    return std::nullopt;
  return std::chrono::round<std::chrono::milliseconds>(std::chrono::duration<double>(seconds));
}

}  // namespace gaffer
