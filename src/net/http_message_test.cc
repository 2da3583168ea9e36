#include "net/http_message.h"

#include <gtest/gtest.h>

namespace gaffer::net {
namespace {

using Segments = std::vector<std::string>;

TEST(HttpMessage, FindsHeadersInWhateverCase) {
  const Request request{.headers = {{"Host", "a"}, {"X-Twice", "first"}, {"x-twice", "second"}}};
  ASSERT_NE(nullptr, request.header("hOST"));
  EXPECT_EQ("a", *request.header("hOST"));
  EXPECT_EQ("first", *request.header("X-TWICE"));
  EXPECT_EQ(nullptr, request.header("Hos"));
  EXPECT_EQ(nullptr, request.header(""));
}

TEST(HttpMessage, DecodesEscapes) {
  EXPECT_EQ("a b/c", percent_decode("a%20b%2Fc"));
  EXPECT_EQ("\xC3\xA4+", percent_decode("%c3%A4+"));
  EXPECT_EQ("", percent_decode(""));
}

TEST(HttpMessage, RefusesBadEscapesAndNul) {
  for (const char* text : {"%", "%4", "a%4", "%zz", "%4g", "% 41", "%-1", "%%41", "%00", "a%00b"}) {
    EXPECT_FALSE(percent_decode(text)) << text;
  }
  EXPECT_EQ(Errc::InvalidArgument, percent_decode("%00").error().code);
}

TEST(HttpMessage, ReadsQueriesInOrder) {
  const Query expected{{"a", "1"}, {"b", "two words"}, {"a", "=&"}, {"flag", ""}, {"", "x"}};
  EXPECT_EQ(expected, parse_query("a=1&b=two+words&&a=%3D%26&flag&=x"));
  EXPECT_EQ(Query{}, parse_query(""));
  EXPECT_FALSE(parse_query("a=%"));
  EXPECT_FALSE(parse_query("%00=a"));
}

TEST(HttpMessage, TellsTheFirstValueOfAName) {
  const Request request{.query = {{"a", "1"}, {"a", "2"}}};
  EXPECT_EQ("1", *request.query_value("a"));
  EXPECT_EQ(nullptr, request.query_value("A"));
}

TEST(HttpMessage, SplitsPathsBeforeItDecodesThem) {
  EXPECT_EQ(Segments{}, path_segments("/"));
  EXPECT_EQ((Segments{"a", "b/c", "d"}), path_segments("/a/b%2Fc/d"));
  EXPECT_EQ((Segments{"a", ""}), path_segments("/a/"));
  EXPECT_EQ((Segments{"", "a"}), path_segments("//a"));
  EXPECT_FALSE(path_segments(""));
  EXPECT_FALSE(path_segments("a"));
  EXPECT_FALSE(path_segments("/%"));
}

TEST(HttpMessage, KnowsTheReasonsOfItsStatuses) {
  EXPECT_EQ("OK", reason_phrase(200));
  EXPECT_EQ("Request Header Fields Too Large", reason_phrase(431));
  EXPECT_EQ("Unknown", reason_phrase(299));
}

}  // namespace
}  // namespace gaffer::net
