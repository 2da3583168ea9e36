#pragma once

#include <cstdint>

/// \file
/// When gafferd is started again after it has ended. Pure.

namespace gaffer::keeper {

constexpr std::uint64_t kMillisecond = 1'000'000;  ///< In nanoseconds.
constexpr std::uint64_t kSecond = 1000 * kMillisecond;

constexpr std::uint64_t kShortestPause = 20 * kMillisecond;
constexpr std::uint64_t kLongestPause = 5 * kSecond;
constexpr std::uint64_t kProof = 10 * kSecond;  ///< One that lived so long is not a crash loop.
constexpr std::uint32_t kCrashesToSafeMode = 5;

/// How often in a row it has ended too early.
struct Pace {
  std::uint32_t failures = 0;
  std::uint32_t crashes = 0;  ///< Of these, those that it is to blame for.

  [[nodiscard]] bool is_safe_mode() const { return crashes >= kCrashesToSafeMode; }
};

/// How a gafferd ended.
struct BrainEnd {
  bool was_ready = false;
  bool was_killed = false;  ///< By SIGKILL, and not by the watchdog: somebody wanted it.
  std::uint64_t lived_ns = 0;
};

/// Counts an end; returns how long to wait before the next start, in nanoseconds. 20 ms, doubling
/// to 5 s while it ends too early. Who kills one that was ready need not wait.
constexpr std::uint64_t pause_after(Pace& pace, const BrainEnd& end) {
  if (end.was_ready && (end.was_killed || end.lived_ns >= kProof)) {
    pace = {};
    return kShortestPause;
  }
  if (!end.was_killed) ++pace.crashes;
  std::uint64_t pause = kShortestPause;
  for (std::uint32_t i = 0; i < pace.failures && pause < kLongestPause; ++i)
    pause *= 2;
  ++pace.failures;
  return pause < kLongestPause ? pause : kLongestPause;
}

}  // namespace gaffer::keeper
