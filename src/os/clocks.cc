#include "os/clocks.h"

#include <array>

#include <time.h>

namespace gaffer::os {
namespace {

std::int64_t read(clockid_t clock) {
  constexpr std::int64_t kSecond = 1'000'000'000;
  timespec time{};
  ::clock_gettime(clock, &time);
  return time.tv_sec * kSecond + time.tv_nsec;
}

}  // namespace

std::int64_t wall_nanoseconds() { return read(CLOCK_REALTIME); }

std::int64_t nanoseconds_since_boot() { return read(CLOCK_BOOTTIME); }

std::string local_date() {
  const time_t now = ::time(nullptr);
  tm local{};
  ::localtime_r(&now, &local);
  std::array<char, 16> text{};
  const std::size_t length = ::strftime(text.data(), text.size(), "%Y-%m-%d", &local);
  return {text.data(), length};
}

}  // namespace gaffer::os
