#include "programs/top/cells.h"

#include <gtest/gtest.h>

namespace gaffer::programs::top {
namespace {

using Lines = std::vector<std::string>;

TEST(TopCells, ACellHasItsWidth) {
  EXPECT_EQ("web  ", cell("web", 5));
  EXPECT_EQ("  web", cell("web", 5, Side::Right));
  EXPECT_EQ("we", cell("web", 2));
  EXPECT_EQ("", cell("web", 0));
  EXPECT_EQ("ü ", cell("ü", 2));
}

TEST(TopCells, WideCharactersTakeTwoColumnsAndAccentsNone) {
  EXPECT_EQ(4U, columns_of("日本"));
  EXPECT_EQ(1U, columns_of("e\u0301"));
  EXPECT_EQ("日 ", cell("日本", 3));
}

TEST(TopCells, ALongTextIsWrapped) {
  EXPECT_EQ((Lines{"abc", "def", "g"}), wrapped("abcdefg", 3, Colours::Kept, 10));
  EXPECT_EQ((Lines{"abc", "def"}), wrapped("abcdef", 3, Colours::Kept, 10));
  EXPECT_EQ((Lines{"abc"}), wrapped("abcdefg", 3, Colours::Kept, 1));
  EXPECT_EQ((Lines{""}), wrapped("", 3, Colours::Kept, 10));
}

TEST(TopCells, AColourGoesOnInTheNextLineAndEndsWithIt) {
  EXPECT_EQ((Lines{"a\x1b[31mb\x1b[0m", "\x1b[31mcd\x1b[0m\x1b[0m", "e"}),
            wrapped("a\x1b[31mbcd\x1b[0me", 2, Colours::Kept, 10));
  EXPECT_EQ((Lines{"abc"}), wrapped("a\x1b[31mb\x1b[mc", 9, Colours::Dropped, 10));
}

TEST(TopCells, ATabGoesToTheNextStopAndNoFurtherThanTheEdge) {
  EXPECT_EQ((Lines{"a       b"}), wrapped("a\tb", 20, Colours::Kept, 10));
  EXPECT_EQ((Lines{"a   ", "b"}), wrapped("a\tb", 4, Colours::Kept, 10));
}

TEST(TopCells, ACharacterWiderThanTheLineStandsAlone) {
  EXPECT_EQ((Lines{"日", "本"}), wrapped("日本", 1, Colours::Kept, 10));
}

}  // namespace
}  // namespace gaffer::programs::top
