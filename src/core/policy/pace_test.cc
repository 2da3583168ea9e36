#include "core/policy/pace.h"

#include <vector>

#include <gtest/gtest.h>

namespace gaffer::policy {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr double kMiddle = 0.5;  // The draw that does not spread.

std::vector<long> pauses(int count, std::chrono::nanoseconds uptime) {
  std::vector<long> all;
  Pace pace;
  for (int i = 0; i < count; ++i) {
    const PaceDecision decision = pace_after({}, pace, Ending::Exit, uptime, kMiddle);
    pace = decision.pace;
    all.push_back(decision.pause.count());
  }
  return all;
}

TEST(Pace, IsImmediateOnceThenDoublesUpToTheCap) {
  EXPECT_EQ(
      (std::vector<long>{0, 100, 200, 400, 800, 1600, 3200, 6400, 12800, 25600, 30000, 30000}),
      pauses(12, seconds(1)));
}

TEST(Pace, IsNeverImmediateAfterAStartThatFailed) {
  const PaceDecision first = pace_after({}, {}, Ending::FailedStart, seconds(0), kMiddle);
  EXPECT_EQ((Pace{.early_exits = 1}), first.pace);
  EXPECT_EQ(milliseconds(100), first.pause);
  EXPECT_EQ(milliseconds(200),
            pace_after({}, first.pace, Ending::FailedStart, seconds(0), kMiddle).pause);
}

TEST(Pace, IsAlwaysImmediateForWhoLivedLongEnough) {
  EXPECT_EQ((std::vector<long>{0, 0, 0}), pauses(3, seconds(10)));
}

TEST(Pace, IsAlwaysImmediateWithoutABase) {
  const Pace tired{.early_exits = 9};
  EXPECT_EQ(milliseconds(0),
            pace_after({.base = milliseconds(0)}, tired, Ending::Exit, {}, kMiddle).pause);
}

TEST(Pace, BeginsAnewAfterALongLife) {
  const Pace tired{.early_exits = 9};
  EXPECT_EQ((Pace{.early_exits = 1}),
            pace_after({}, tired, Ending::Exit, seconds(10), kMiddle).pace);
}

TEST(Pace, SpreadsByTheJitterAtMost) {
  const Pace second{.early_exits = 1};
  EXPECT_EQ(milliseconds(80), pace_after({}, second, Ending::Exit, seconds(0), 0.0).pause);
  EXPECT_EQ(milliseconds(120), pace_after({}, second, Ending::Exit, seconds(0), 0.999999).pause);
}

TEST(Pace, StaysAtTheCapForever) {
  const Pace ancient{.early_exits = 4'000'000'000};
  EXPECT_EQ(milliseconds(30'000), pace_after({}, ancient, Ending::Exit, seconds(0), kMiddle).pause);
}

}  // namespace
}  // namespace gaffer::policy
