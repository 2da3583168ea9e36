#pragma once

#include <cstdint>
#include <string>

namespace gaffer::os {

/// CLOCK_REALTIME in nanoseconds: what is shown to people.
std::int64_t wall_nanoseconds();

/// CLOCK_BOOTTIME in nanoseconds: never steps back, and goes on while the machine sleeps.
std::int64_t nanoseconds_since_boot();

/// The day in local time: `2026-11-24`.
std::string local_date();

}  // namespace gaffer::os
