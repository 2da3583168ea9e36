/// A wall clock that jumps. Preloaded into a program (LD_PRELOAD, ld.so(8)) it shows that program
/// today, tomorrow, yesterday and ten years to either side, in turn, each for a tenth of a second.
/// The clocks that do not tell the time of day are left alone.

#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include <time.h>

namespace {

timespec ask_kernel(clockid_t clock) {
  timespec time{};
  syscall(SYS_clock_gettime, clock, &time);
  return time;
}

time_t present_shift() {
  constexpr time_t kDay = 24 * 3600;
  constexpr time_t kTenYears = 3652 * kDay;
  constexpr time_t kShifts[] = {0, kDay, -kDay, kTenYears, -kTenYears};
  constexpr long kTenth = 100'000'000;
  const timespec time = ask_kernel(CLOCK_MONOTONIC);
  return kShifts[(time.tv_sec * 10 + time.tv_nsec / kTenth) % 5];
}

}  // namespace

// NOLINTBEGIN(readability-inconsistent-declaration-parameter-name): glibc's are reserved names
extern "C" {

int clock_gettime(clockid_t clock, timespec* time) noexcept {
  const bool is_wall = clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE;
  const long done = syscall(SYS_clock_gettime, clock, time);
  if (done == 0 && is_wall) time->tv_sec += present_shift();
  return static_cast<int>(done);
}

int gettimeofday(timeval* time, void* /*zone*/) noexcept {
  const timespec now = ask_kernel(CLOCK_REALTIME);
  *time = {.tv_sec = now.tv_sec + present_shift(), .tv_usec = now.tv_nsec / 1000};
  return 0;
}

time_t time(time_t* into) noexcept {
  const time_t now = ask_kernel(CLOCK_REALTIME).tv_sec + present_shift();
  if (into != nullptr) *into = now;
  return now;
}
}
// NOLINTEND(readability-inconsistent-declaration-parameter-name)
