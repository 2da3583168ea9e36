#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace gaffer {

/// `SIGTERM` for 15; `signal 64` where there is no name.
std::string signal_name(int signal);

/// The number of `TERM`, `SIGTERM`, `sigterm` or `15`; nothing if there is no such signal.
std::optional<int> signal_number(std::string_view name);

}  // namespace gaffer
