#include "base/moment_text.h"

#include <chrono>

#include <gtest/gtest.h>

namespace gaffer {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr WallTime kNow{seconds(1'800'000'000)};

TEST(MomentText, ADurationIsAgo) {
  EXPECT_EQ(kNow - seconds(600), parse_moment("10m", kNow));
  EXPECT_EQ(kNow - seconds(5400), parse_moment("1.5h", kNow));
  EXPECT_EQ(kNow - milliseconds(20), parse_moment("20ms", kNow));
  EXPECT_EQ(kNow - seconds(86'400), parse_moment("1d", kNow));
}

TEST(MomentText, ADateWithAZIsInUtc) {
  EXPECT_EQ(WallTime(seconds(1'795'650'071)), parse_moment("2026-11-25T23:41:11Z", kNow));
  EXPECT_EQ(WallTime(milliseconds(1'795'650'071'500)),
            parse_moment("2026-11-25 23:41:11.5Z", kNow));
  EXPECT_EQ(WallTime(seconds(1'795'564'800)), parse_moment("2026-11-25Z", kNow));
}

TEST(MomentText, ADateWithoutOneIsInLocalTime) {
  const auto local = parse_moment("2026-11-25 12:00", kNow);
  const auto utc = parse_moment("2026-11-25T12:00Z", kNow);
  ASSERT_TRUE(local && utc);
  EXPECT_LE(std::chrono::abs(*local - *utc), std::chrono::hours(14));
}

TEST(MomentText, SecondsStandBehindAnAt) {
  EXPECT_EQ(WallTime(milliseconds(12'250)), parse_moment("@12.25", kNow));
}

TEST(MomentText, AnythingElseIsRefused) {
  for (const char* text : {"", "10", "10x", "-5m", "tomorrow", "2026-13-01", "2026-11-25T12:00x",
                           "@", "@x", "@1e300", "99999999999999d", "2026-11-25.Z"})
    EXPECT_EQ(std::nullopt, parse_moment(text, kNow)) << text;
}

}  // namespace
}  // namespace gaffer
