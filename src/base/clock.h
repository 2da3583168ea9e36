#pragma once

#include <chrono>

namespace gaffer {

using Duration = std::chrono::nanoseconds;
using Moment =
    std::chrono::steady_clock::time_point;  ///< For deadlines and uptimes; never steps back.
using WallTime = std::chrono::system_clock::time_point;  ///< Only to be printed.

/// Where time comes from. Everything that decides by time is handed one, so that a test can tell
/// the time instead of waiting for it.
class Clock {
 public:
  Clock() = default;
  Clock(const Clock&) = delete;
  Clock& operator=(const Clock&) = delete;
  virtual ~Clock() = default;

  [[nodiscard]] virtual Moment now() const = 0;
  [[nodiscard]] virtual WallTime wall() const = 0;
};

/// The machine's clocks.
class SystemClock final : public Clock {
 public:
  [[nodiscard]] Moment now() const override { return std::chrono::steady_clock::now(); }
  [[nodiscard]] WallTime wall() const override { return std::chrono::system_clock::now(); }
};

}  // namespace gaffer
