#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace gaffer {

/// A duration as people read it: `70ms`, `0.8s`, `42s`, `3m12s`, `5h03m`, `12d4h`. A negative one
/// is `0ms`.
std::string duration_text(std::chrono::milliseconds duration);

/// `0.1`, `60`: seconds, to the millisecond. Nothing if it is no number from 0 to 1e9.
std::optional<std::chrono::milliseconds> parse_seconds(std::string_view text);

}  // namespace gaffer
