#include "programs/top/keys.h"

#include <gtest/gtest.h>

namespace gaffer::programs::top {
namespace {

using enum Key::Kind;
using Keys = std::vector<Key>;

Keys keys_of(std::string_view bytes) { return KeyReader().take(bytes); }

TEST(TopKeys, ACharacterIsItself) {
  EXPECT_EQ((Keys{{Character, "j"}, {Character, "S"}, {Character, "ä"}}), keys_of("jSä"));
}

TEST(TopKeys, ArrowsComeInTwoWays) {
  EXPECT_EQ((Keys{{Up}, {Down}, {Up}, {Down}}), keys_of("\x1b[A\x1b[B\x1bOA\x1bOB"));
}

TEST(TopKeys, PagesAndEndsAreKnownFromSeveralTerminals) {
  EXPECT_EQ((Keys{{PageUp}, {PageDown}}), keys_of("\x1b[5~\x1b[6~"));
  EXPECT_EQ((Keys{{Home}, {Home}, {Home}, {Home}}), keys_of("\x1b[H\x1b[1~\x1b[7~\x1bOH"));
  EXPECT_EQ((Keys{{End}, {End}, {End}, {End}}), keys_of("\x1b[F\x1b[4~\x1b[8~\x1bOF"));
}

TEST(TopKeys, ControlKeysHaveNames) {
  EXPECT_EQ((Keys{{Enter}, {Enter}, {Backspace}, {Backspace}, {Interrupt}, {Redraw}}),
            keys_of("\r\n\x7f\b\x03\x0c"));
}

TEST(TopKeys, WhatIsNotKnownIsNoKey) {
  EXPECT_EQ(Keys{}, keys_of("\x1b[Z\x1b[1;5C\x1b[200~\x1bOP\x01\x1a"));
  EXPECT_EQ((Keys{{Character, "a"}}), keys_of("\xff\x80"
                                              "a"));
}

TEST(TopKeys, AKeyMayComeInPieces) {
  KeyReader reader;
  EXPECT_EQ(Keys{}, reader.take("\x1b"));
  EXPECT_TRUE(reader.has_begun());
  EXPECT_EQ(Keys{}, reader.take("["));
  EXPECT_EQ((Keys{{Up}}), reader.take("A"));
  EXPECT_FALSE(reader.has_begun());
  EXPECT_EQ(Keys{}, reader.take("\xc3"));
  EXPECT_EQ((Keys{{Character, "ä"}}), reader.take("\xa4"));
}

TEST(TopKeys, EscapeAloneIsOneWhenNothingFollows) {
  KeyReader reader;
  EXPECT_EQ(Keys{}, reader.take("\x1b"));
  EXPECT_EQ((Keys{{Escape}}), reader.give_up());
  EXPECT_EQ(Keys{}, reader.give_up());
  EXPECT_EQ((Keys{{Escape}, {Character, "q"}}), reader.take("\x1bq"));
}

TEST(TopKeys, ASequenceWithoutAnEndIsGivenUp) {
  KeyReader reader;
  EXPECT_EQ(Keys{}, reader.take("\x1b[" + std::string(40, '1')));
  EXPECT_FALSE(reader.has_begun());
}

}  // namespace
}  // namespace gaffer::programs::top
