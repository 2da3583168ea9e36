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
    const PaceDecision decision = pace_after({}, pace, uptime, kMiddle);
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

TEST(Pace, IsAlwaysImmediateForWhoLivedLongEnough) {
  EXPECT_EQ((std::vector<long>{0, 0, 0}), pauses(3, seconds(10)));
}

TEST(Pace, BeginsAnewAfterALongLife) {
  const Pace tired{.early_exits = 9};
  EXPECT_EQ((Pace{.early_exits = 1}), pace_after({}, tired, seconds(10), kMiddle).pace);
}

TEST(Pace, SpreadsByTheJitterAtMost) {
  const Pace second{.early_exits = 1};
  EXPECT_EQ(milliseconds(80), pace_after({}, second, seconds(0), 0.0).pause);
  EXPECT_EQ(milliseconds(120), pace_after({}, second, seconds(0), 0.999999).pause);
}

TEST(Pace, StaysAtTheCapForever) {
  const Pace ancient{.early_exits = 4'000'000'000};
  EXPECT_EQ(milliseconds(30'000), pace_after({}, ancient, seconds(0), kMiddle).pause);
}

}  // namespace
}  // namespace gaffer::policy
