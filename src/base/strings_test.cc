#include "base/strings.h"

#include <array>

#include <gtest/gtest.h>

namespace gaffer {
namespace {

constexpr std::array<std::string_view, 3> kKeys = {"cmd", "numprocesses", "cwd"};

TEST(Strings, TrimTakesBlanksFromBothEndsOnly) {
  EXPECT_EQ("a b", trim(" \t a b\r\n"));
  EXPECT_EQ("", trim(" \n "));
}

TEST(Strings, SplitKeepsEmptyPieces) {
  EXPECT_EQ((std::vector<std::string_view>{"a", "", "b"}), split("a,,b", ','));
  EXPECT_EQ((std::vector<std::string_view>{""}), split("", ','));
}

TEST(Strings, NearestFindsASlipOfTheFinger) {
  EXPECT_EQ("numprocesses", nearest("numproceses", kKeys));
  EXPECT_EQ("cwd", nearest("cdw", std::array<std::string_view, 1>{"cwd"}).value_or("nothing near"));
}

TEST(Strings, NearestKeepsSilentWhenNothingIsNear) {
  EXPECT_EQ(std::nullopt, nearest("autostart", kKeys));
}

TEST(Strings, NumbersMustBeWhole) {
  EXPECT_EQ(42, parse_number<int>("42"));
  EXPECT_EQ(-1, parse_number<int>("-1"));
  EXPECT_EQ(std::nullopt, parse_number<int>("42x"));
  EXPECT_EQ(std::nullopt, parse_number<int>(""));
  EXPECT_EQ(std::nullopt, parse_number<unsigned char>("256"));
}

TEST(DidYouMean, TakesTwoLettersThatHaveChangedPlacesForOneSlip) {
  constexpr std::array<std::string_view, 2> kNames = {"stats", "start"};
  EXPECT_EQ("start", nearest("strat", kNames));
}

}  // namespace
}  // namespace gaffer
