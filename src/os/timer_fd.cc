#include "os/timer_fd.h"

#include <errno.h>
#include <sys/timerfd.h>

namespace gaffer::os {

Result<TimerFd> TimerFd::create() {
  UniqueFd fd(::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK));
  if (!fd.is_open()) return os_error("cannot make a timer", errno);
  return TimerFd(std::move(fd));
}

void TimerFd::arm(std::chrono::nanoseconds delay) const {
  constexpr long kSecond = 1'000'000'000;
  itimerspec when{};
  when.it_value = {delay.count() / kSecond, delay.count() % kSecond};
  ::timerfd_settime(fd_.get(), 0, &when, nullptr);
}

}  // namespace gaffer::os
