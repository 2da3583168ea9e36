#pragma once

#include "base/clock.h"

namespace gaffer::test {

/// A clock that stands still until it is told.
class FakeClock final : public Clock {
 public:
  [[nodiscard]] Moment now() const override { return now_; }
  [[nodiscard]] WallTime wall() const override {
    return WallTime(std::chrono::hours(24)) + now_.time_since_epoch();
  }
  void advance(Duration by) { now_ += std::chrono::duration_cast<Moment::duration>(by); }

 private:
  Moment now_{};
};

}  // namespace gaffer::test
