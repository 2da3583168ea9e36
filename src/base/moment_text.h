#pragma once

#include <optional>
#include <string_view>

#include "base/clock.h"

namespace gaffer {

/// The moment that a person names: `10m` (ago; ms, s, m, h, d), `2026-11-24`, `2026-11-24 23:41`,
/// `2026-11-24T23:41:11.5` in local time or with a `Z` in UTC, or seconds since 1970 behind an `@`.
std::optional<WallTime> parse_moment(std::string_view text, WallTime now);

/// What `parse_moment` takes, for a message.
constexpr std::string_view kMomentForms =
    "10m, 2h or 1d ago, 2026-11-24, 2026-11-24T23:41:11 (with a Z in UTC) or @SECONDS";

}  // namespace gaffer
