#pragma once

#include <cstdint>

namespace gaffer::bench {

/// What a child writes as its first act: one write, so never torn.
struct Stamp {
  std::int64_t nanoseconds = 0;  ///< CLOCK_MONOTONIC.
  std::int64_t pid = 0;
};

}  // namespace gaffer::bench
