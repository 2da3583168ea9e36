#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace gaffer::os {

/// Tells the service manager that started us, sd_notify(3): `READY=1`, `STOPPING=1`, `WATCHDOG=1`.
/// Does nothing where there is none, or when it does not listen.
void notify(std::string_view state);

/// How often it wants to hear WATCHDOG=1, if it does.
std::optional<std::chrono::microseconds> watchdog_interval();

}  // namespace gaffer::os
