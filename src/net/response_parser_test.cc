#include "net/response_parser.h"

#include <gtest/gtest.h>

namespace gaffer::net {
namespace {

TEST(ResponseParser, ReadsAnAnswerOfKnownLength) {
  ResponseParser parser;
  EXPECT_TRUE(parser.feed("HTTP/1.1 404 Not Found\r\nContent-Length: 5\r\nX: y\r\n"));
  EXPECT_EQ(nullptr, parser.head());
  EXPECT_TRUE(parser.feed("\r\nhel"));
  ASSERT_NE(nullptr, parser.head());
  EXPECT_EQ((Response{.status = 404, .headers = {{"Content-Length", "5"}, {"X", "y"}}}),
            *parser.head());
  EXPECT_EQ("hel", parser.take_body());
  EXPECT_FALSE(parser.is_complete());
  EXPECT_TRUE(parser.feed("lo"));
  EXPECT_EQ("lo", parser.take_body());
  EXPECT_TRUE(parser.is_complete());
  EXPECT_TRUE(parser.keep_alive());
  EXPECT_TRUE(parser.finish());
}

TEST(ResponseParser, FollowsChunksByteByByte) {
  ResponseParser parser;
  std::string body;
  for (const char c : std::string("HTTP/1.1 200 OK\r\nTransfer-Encoding: "
                                  "chunked\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n")) {
    ASSERT_TRUE(parser.feed({&c, 1}));
    body += parser.take_body();
  }
  EXPECT_EQ("hello world", body);
  EXPECT_TRUE(parser.is_complete());
}

TEST(ResponseParser, ReadsToTheEndOfTheConnection) {
  ResponseParser parser;
  EXPECT_TRUE(parser.feed("HTTP/1.1 200 OK\r\n\r\nhello"));
  EXPECT_FALSE(parser.is_complete());
  EXPECT_TRUE(parser.finish());
  EXPECT_TRUE(parser.is_complete());
  EXPECT_FALSE(parser.keep_alive());
  EXPECT_EQ("hello", parser.take_body());
}

TEST(ResponseParser, TellsWhenTheConnectionEndsTooEarly) {
  for (const char* bytes :
       {"", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
        "HTTP/1.1 100 Continue\r\n\r\n"}) {
    ResponseParser parser;
    ASSERT_TRUE(parser.feed(bytes));
    const auto finished = parser.finish();
    ASSERT_FALSE(finished) << bytes;
    EXPECT_EQ(Errc::Protocol, finished.error().code);
  }
}

TEST(ResponseParser, PassesOverInterimAnswers) {
  ResponseParser parser;
  EXPECT_TRUE(parser.feed("HTTP/1.1 100 Continue\r\n\r\n"));
  EXPECT_EQ(nullptr, parser.head());
  EXPECT_TRUE(parser.feed("HTTP/1.1 204 No Content\r\n\r\n"));
  EXPECT_EQ(204, parser.head()->status);
  EXPECT_TRUE(parser.is_complete());
}

TEST(ResponseParser, ExpectsNoBodyAfterAHead) {
  ResponseParser parser(ResponseParser::Body::None);
  EXPECT_TRUE(parser.feed("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"));
  EXPECT_TRUE(parser.is_complete());
}

TEST(ResponseParser, RefusesWhatIsNoAnswer) {
  for (const std::string& bytes :
       {std::string("SSH-2.0-OpenSSH\r\n\r\n"), std::string("HTTP/1.1 200 OK\nX: y\r\n\r\n"),
        std::string("HTTP/2.0 200 OK\r\n\r\n"), std::string("HTTP/1.1 abc OK\r\n\r\n"),
        std::string("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n"),
        std::string("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n"),
        std::string("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n"),
        std::string("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nab"), std::string(70'000, 'x')}) {
    ResponseParser parser;
    const auto fed = parser.feed(bytes);
    ASSERT_FALSE(fed) << bytes.substr(0, 80);
    EXPECT_EQ(Errc::Protocol, fed.error().code);
  }
}

}  // namespace
}  // namespace gaffer::net
