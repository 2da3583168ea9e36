#pragma once

#include <chrono>
#include <string>

namespace gaffer {

/// A duration as people read it: `70ms`, `0.8s`, `42s`, `3m12s`, `5h03m`, `12d4h`. A negative one
/// is `0ms`.
std::string duration_text(std::chrono::milliseconds duration);

}  // namespace gaffer
