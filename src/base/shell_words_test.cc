#include "base/shell_words.h"

#include <ostream>

#include <gtest/gtest.h>

namespace gaffer {
namespace {

using Words = std::vector<std::string>;

struct Case {
  const char* line;
  Words words;
};

void PrintTo(const Case& tested, std::ostream* out) { *out << tested.line; }

class ShellWords : public testing::TestWithParam<Case> {};

TEST_P(ShellWords, SplitAsASplittingShellWould) {
  const auto words = split_shell_words(GetParam().line);
  ASSERT_TRUE(words.has_value()) << words.error().message;
  EXPECT_EQ(GetParam().words, *words);
}

INSTANTIATE_TEST_SUITE_P(
    Lines, ShellWords,
    testing::Values(Case{"", {}}, Case{"  \t ", {}}, Case{"a  b\tc\n", {"a", "b", "c"}},
                    Case{"'a b' c", {"a b", "c"}}, Case{"a' 'b", {"a b"}}, Case{"''", {""}},
                    Case{R"("" x)", {"", "x"}}, Case{R"("a \"b\" \$c \n")", {R"(a "b" $c \n)"}},
                    Case{R"(a\ b \'c)", {"a b", "'c"}}, Case{"'\\'", {"\\"}},
                    Case{"a\\\nb", {"ab"}}, Case{"\"a\\\nb\"", {"ab"}},
                    Case{"--x=\"1 2\"", {"--x=1 2"}}, Case{"# $HOME *;", {"#", "$HOME", "*;"}}));

TEST(ShellWordsErrors, NameWhatIsNotClosed) {
  EXPECT_EQ("unclosed ' quote", split_shell_words("a 'b").error().message);
  EXPECT_EQ("unclosed \" quote", split_shell_words("a \"b\\\"").error().message);
  EXPECT_EQ("backslash at the end of the line", split_shell_words("a \\").error().message);
}

TEST(ShellWordsQuoting, ReadsBackAsTheSameWord) {
  for (const std::string word : {"", "plain", "two words", "it's", "\"$x\"", "a\nb", "\\"}) {
    const auto back = split_shell_words(quote_shell_word(word));
    ASSERT_TRUE(back.has_value());
    EXPECT_EQ(Words{word}, *back);
  }
  EXPECT_EQ("plain", quote_shell_word("plain"));
}

}  // namespace
}  // namespace gaffer
