#include "core/config/text.h"

#include <gtest/gtest.h>

namespace gaffer::config {
namespace {

using Sentences = std::vector<std::string>;
using Problems = std::vector<LineProblem>;

TEST(Text, ProblemsAreSortedByLineAndElseKeepTheirOrder) {
  EXPECT_EQ((Sentences{"a.ini:1: x", "a.ini:3: y", "a.ini:3: b"}),
            sentences("a.ini", {{3, "y"}, {1, "x"}, {3, "b"}}));
}

TEST(Text, QuotedTextStaysOnOneLine) { EXPECT_EQ("\"a?b?\"", in_quotes("a\nb\x7f")); }

TEST(Text, QuotedTextIsCutAfterSixtyBytes) {
  EXPECT_EQ('"' + std::string(60, 'a') + '"', in_quotes(std::string(60, 'a')));
  EXPECT_EQ('"' + std::string(60, 'a') + "...\"", in_quotes(std::string(61, 'a')));
}

TEST(Text, QuotedTextIsNotCutInsideACharacter) {
  EXPECT_EQ('"' + std::string(58, 'a') + "...\"", in_quotes(std::string(58, 'a') + "\u20ac\u20ac"));
  EXPECT_EQ('"' + std::string(57, 'a') + "\u20ac...\"",
            in_quotes(std::string(57, 'a') + "\u20ac!"));
}

TEST(Text, LinesEndInLineFeedsWithoutByteOrderMark) {
  const CleanText cleaned = clean(
      "\xEF\xBB\xBF"
      "a\r\nb\rc\n");
  EXPECT_EQ("a\nb\rc\n", cleaned.text);
  EXPECT_EQ(Problems{}, cleaned.problems);
}

TEST(Text, EveryLineWithANulIsOneProblem) {
  const CleanText cleaned = clean(std::string_view("a\0b\0\nc\n\0", 8));
  EXPECT_EQ("a?b?\nc\n?", cleaned.text);
  EXPECT_EQ((Problems{{1, "the line has a NUL byte: the file must be text"},
                      {3, "the line has a NUL byte: the file must be text"}}),
            cleaned.problems);
}

TEST(Text, IsAtMostOneMebibyte) {
  EXPECT_EQ(Problems{}, clean(std::string(1048576, 'a')).problems);
  const CleanText cleaned = clean(std::string(1048577, 'a'));
  EXPECT_EQ("", cleaned.text);
  EXPECT_EQ((Problems{{1, "the file is longer than 1 MiB: split it into several"}}),
            cleaned.problems);
}

}  // namespace
}  // namespace gaffer::config
