#pragma once

#include <chrono>

#include "gaffer/result.h"
#include "os/unique_fd.h"

namespace gaffer::os {

/// A timer that is finer than a loop's milliseconds: a descriptor that can be read when the time has
/// come, timerfd_create(2).
class TimerFd {
 public:
  /// ERRORS: LimitReached.
  static Result<TimerFd> create();

  /// Once, `delay` from now; takes an earlier time back.
  void arm(std::chrono::nanoseconds delay) const;
  void disarm() const { arm(std::chrono::nanoseconds(0)); }

  [[nodiscard]] int descriptor() const { return fd_.get(); }

 private:
  explicit TimerFd(UniqueFd fd) : fd_(std::move(fd)) {}

  UniqueFd fd_;
};

}  // namespace gaffer::os
