#include "base/duration_text.h"

#include <algorithm>

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

}  // namespace gaffer
