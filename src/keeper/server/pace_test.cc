#include "keeper/server/pace.h"

#include <gtest/gtest.h>

namespace gaffer::keeper {
namespace {

constexpr BrainEnd kCrashAtOnce{.lived_ns = 1 * kMillisecond};
constexpr BrainEnd kCrashSoon{.was_ready = true, .lived_ns = 1 * kSecond};
constexpr BrainEnd kCrashLater{.was_ready = true, .lived_ns = 11 * kSecond};
constexpr BrainEnd kKilled{.was_ready = true, .was_killed = true, .lived_ns = 1 * kSecond};
constexpr BrainEnd kKilledAtOnce{.was_killed = true, .lived_ns = 1 * kMillisecond};

TEST(PaceOfGafferd, DoublesFromTwentyMillisecondsToFiveSeconds) {
  Pace pace;
  EXPECT_EQ(20 * kMillisecond, pause_after(pace, kCrashAtOnce));
  EXPECT_EQ(40 * kMillisecond, pause_after(pace, kCrashSoon));
  EXPECT_EQ(80 * kMillisecond, pause_after(pace, kCrashAtOnce));
  for (int i = 0; i < 100; ++i)
    pause_after(pace, kCrashAtOnce);
  EXPECT_EQ(5 * kSecond, pause_after(pace, kCrashAtOnce));
}

TEST(PaceOfGafferd, IsSafeModeAfterFiveCrashesInARow) {
  Pace pace;
  for (int i = 0; i < 4; ++i)
    pause_after(pace, kCrashSoon);
  EXPECT_FALSE(pace.is_safe_mode());
  pause_after(pace, kCrashAtOnce);
  EXPECT_TRUE(pace.is_safe_mode());
}

TEST(PaceOfGafferd, BeginsAnewAfterOneThatHasProvedItself) {
  Pace pace;
  for (int i = 0; i < 9; ++i)
    pause_after(pace, kCrashSoon);
  EXPECT_EQ(20 * kMillisecond, pause_after(pace, kCrashLater));
  EXPECT_FALSE(pace.is_safe_mode());
}

TEST(PaceOfGafferd, DoesNotMakeSomebodyWaitWhoKillsIt) {
  Pace pace;
  for (int i = 0; i < 9; ++i)
    EXPECT_EQ(20 * kMillisecond, pause_after(pace, kKilled));
  EXPECT_EQ(0U, pace.crashes);
}

TEST(PaceOfGafferd, SlowsDownWhoeverKillsItBeforeItIsReadyAndBlamesItNot) {
  Pace pace;
  pause_after(pace, kKilledAtOnce);
  EXPECT_EQ(40 * kMillisecond, pause_after(pace, kKilledAtOnce));
  EXPECT_EQ(0U, pace.crashes);
}

// C13: one that ends at once is started 15 times in 30 seconds at most.
TEST(PaceOfGafferd, StartsNoMoreThanFifteenTimesInThirtySeconds) {
  Pace pace;
  std::uint64_t passed = 0;
  int starts = 0;
  while ((passed += pause_after(pace, kCrashAtOnce)) < 30 * kSecond)
    ++starts;
  EXPECT_EQ(12, starts);
}

}  // namespace
}  // namespace gaffer::keeper
