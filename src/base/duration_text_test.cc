#include "base/duration_text.h"

#include <gtest/gtest.h>

namespace gaffer {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

TEST(DurationText, IsShortAndHasTheDigitsThatMatter) {
  EXPECT_EQ("0ms", duration_text(milliseconds(-5)));
  EXPECT_EQ("70ms", duration_text(milliseconds(70)));
  EXPECT_EQ("0.8s", duration_text(milliseconds(849)));
  EXPECT_EQ("9.9s", duration_text(milliseconds(9999)));
  EXPECT_EQ("59s", duration_text(milliseconds(59'999)));
  EXPECT_EQ("3m07s", duration_text(seconds(187)));
  EXPECT_EQ("5h03m", duration_text(hours(5) + minutes(3) + seconds(59)));
  EXPECT_EQ("12d4h", duration_text(hours(12 * 24 + 4)));
}

TEST(ParseSeconds, ReadsNumbersToTheMillisecond) {
  EXPECT_EQ(std::chrono::milliseconds(100), parse_seconds("0.1"));
  EXPECT_EQ(std::chrono::seconds(60), parse_seconds("60"));
  EXPECT_EQ(std::chrono::milliseconds(0), parse_seconds("0"));
}

TEST(ParseSeconds, RefusesWhatIsNone) {
  for (const char* text : {"", "x", "1s", "-1", "nan", "inf", "1e10", " 1"})
    EXPECT_EQ(std::nullopt, parse_seconds(text)) << text;
}

}  // namespace
}  // namespace gaffer
