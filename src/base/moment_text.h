#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include <time.h>

#include "base/clock.h"

namespace gaffer {

/// The moment that a person names: `10m` (ago; ms, s, m, h, d), `2026-11-24`, `2026-11-24 23:41`,
/// `2026-11-24T23:41:11.5` in local time or with a `Z` in UTC, or seconds since 1970 behind an `@`.
std::optional<WallTime> parse_moment(std::string_view text, WallTime now);

/// What `parse_moment` takes, for a message.
constexpr std::string_view kMomentForms =
    "10m, 2h or 1d ago, 2026-11-24, 2026-11-24T23:41:11 (with a Z in UTC) or @SECONDS";

/// Nanoseconds since 1970, apart; both also where the clock is not set and it is before 1970.
struct SecondsOf {
  time_t seconds;
  std::int64_t nanoseconds;  ///< 0 … 999,999,999
};
constexpr SecondsOf seconds_of(std::int64_t since_1970_ns) {
  constexpr std::int64_t kSecond = 1'000'000'000;
  const std::int64_t rest = since_1970_ns % kSecond;
  const std::int64_t borrowed = rest < 0 ? 1 : 0;
  return {.seconds = since_1970_ns / kSecond - borrowed, .nanoseconds = rest + borrowed * kSecond};
}

}  // namespace gaffer
