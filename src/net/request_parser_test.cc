#include "net/request_parser.h"

#include <gtest/gtest.h>

namespace gaffer::net {
namespace {

using Found = RequestParser::Found;

constexpr const char* kHost = "Host: a\r\n";

/// What came of some bytes: the requests, and the refusal if that was the end.
struct Outcome {
  std::vector<Request> requests;
  Refusal refusal{.status = 0};
  bool operator==(const Outcome&) const = default;
};

void collect(RequestParser& parser, Outcome& outcome) {
  for (Found found = parser.next(); found != Found::Nothing; found = parser.next()) {
    if (found == Found::Request) outcome.requests.push_back(parser.take());
    if (found != Found::Refusal) continue;
    outcome.refusal = parser.refusal();
    return;
  }
}

Outcome parse(const std::string& bytes, std::size_t portion = std::string::npos,
              const Limits& limits = {}) {
  RequestParser parser(limits);
  Outcome outcome;
  for (std::size_t at = 0; at < bytes.size(); at += std::min(portion, bytes.size())) {
    parser.feed(std::string_view(bytes).substr(at, portion));
    collect(parser, outcome);
    if (outcome.refusal.status != 0) break;
  }
  return outcome;
}

std::string get(const std::string& headers) { return "GET / HTTP/1.1\r\n" + headers + "\r\n"; }
std::string post(const std::string& headers, const std::string& body) {
  return "POST / HTTP/1.1\r\nHost: a\r\n" + headers + "\r\n" + body;
}
std::string chunked(const std::string& body) {
  return post("Transfer-Encoding: chunked\r\n", body);
}

TEST(RequestParser, ReadsARequest) {
  const Outcome outcome = parse(
      "PUT /a%20b?x=1&y=%26 HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nX-A:  v w \r\n\r\nhello");
  const Request expected{.method = "PUT",
                         .target = "/a%20b?x=1&y=%26",
                         .path = "/a%20b",
                         .query = {{"x", "1"}, {"y", "&"}},
                         .headers = {{"Host", "h"}, {"Content-Length", "5"}, {"X-A", "v w"}},
                         .body = "hello"};
  ASSERT_EQ(1U, outcome.requests.size());
  EXPECT_EQ(expected, outcome.requests[0]);
}

TEST(RequestParser, KnowsWhetherTheConnectionIsToBeKept) {
  EXPECT_TRUE(parse(get(kHost)).requests.at(0).keep_alive);
  EXPECT_FALSE(parse(get("Host: a\r\nConnection: x, Close\r\n")).requests.at(0).keep_alive);
  EXPECT_FALSE(parse("GET / HTTP/1.0\r\n\r\n").requests.at(0).keep_alive);
  EXPECT_TRUE(parse("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").requests.at(0).keep_alive);
  EXPECT_EQ(0, parse("GET / HTTP/1.0\r\n\r\n").requests.at(0).version_minor);
}

TEST(RequestParser, PutsChunksTogetherAndDropsTheTrailer) {
  const Outcome outcome = parse(
      chunked("5;name=\"v;\"\r\nhello\r\n001\r\n \r\n5\r\nworld\r\n00;x\r\nHost: evil\r\n\r\n"));
  ASSERT_EQ(1U, outcome.requests.size());
  EXPECT_EQ("hello world", outcome.requests[0].body);
  EXPECT_EQ("a", *outcome.requests[0].header("Host"));
  EXPECT_EQ("", parse(chunked("0\r\n\r\n")).requests.at(0).body);
}

TEST(RequestParser, GivesPipelinedRequestsOneByOne) {
  RequestParser parser;
  parser.feed(
      "GET /1 HTTP/1.1\r\nHost: a\r\n\r\nPOST /2 HTTP/1.1\r\nHost: a\r\nContent-Length: "
      "2\r\n\r\nhiGET /3 HT");
  EXPECT_EQ(Found::Request, parser.next());
  EXPECT_EQ("/1", parser.take().path);
  EXPECT_EQ(Found::Request, parser.next());
  EXPECT_EQ("hi", parser.take().body);
  EXPECT_EQ(Found::Nothing, parser.next());
  EXPECT_TRUE(parser.has_begun());
  EXPECT_EQ(9U, parser.buffered_bytes());
  parser.feed("TP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(Found::Request, parser.next());
  EXPECT_EQ("/3", parser.take().path);
  EXPECT_EQ(Found::Nothing, parser.next());
  EXPECT_FALSE(parser.has_begun());
}

TEST(RequestParser, ForgivesOneEmptyLineBeforeARequest) {
  EXPECT_EQ(2U, parse("\r\n" + get(kHost) + "\r\n" + get(kHost)).requests.size());
  EXPECT_EQ(2U, parse("\r\n" + get(kHost) + "\r\n" + get(kHost), 1).requests.size());
  EXPECT_EQ(400, parse("\r\n\r\n" + get(kHost)).refusal.status);
}

TEST(RequestParser, TellsOnceThatTheClientWaits) {
  RequestParser parser;
  parser.feed("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\nContent-Length: 2\r\n\r\n");
  EXPECT_EQ(Found::Continue, parser.next());
  EXPECT_EQ(Found::Nothing, parser.next());
  parser.feed("h");
  EXPECT_EQ(Found::Nothing, parser.next());
  parser.feed("i");
  EXPECT_EQ(Found::Request, parser.next());
  EXPECT_EQ("hi", parser.take().body);
}

TEST(RequestParser, DoesNotMakeAClientGoOnThatDoesAlready) {
  RequestParser parser;
  parser.feed("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nh");
  EXPECT_EQ(Found::Nothing, parser.next());
}

TEST(RequestParser, DoesNotMakeAClientGoOnThatHasNothingToSend) {
  RequestParser parser;
  parser.feed(post("Expect: 100-continue\r\nContent-Length: 0\r\n", ""));
  EXPECT_EQ(Found::Request, parser.next());
}

struct Vector {
  const char* name;
  int status;  // 0: it is a request.
  std::string bytes;
};

/// Everything that two programs might read in two ways.
class Strictness : public testing::TestWithParam<Vector> {};

TEST_P(Strictness, IsTheSameWholeAndByteByByte) {
  const Outcome whole = parse(GetParam().bytes);
  EXPECT_EQ(GetParam().status, whole.refusal.status) << whole.refusal.reason;
  EXPECT_EQ(GetParam().status == 0 ? 1U : 0U, whole.requests.size());
  EXPECT_EQ(whole, parse(GetParam().bytes, 1));
  EXPECT_EQ(whole, parse(GetParam().bytes, 3));
}

const std::string kLong(20'000, 'x');

INSTANTIATE_TEST_SUITE_P(
    Vectors, Strictness,
    testing::Values(
        Vector{"Plain", 0, get(kHost)}, Vector{"TabInValue", 0, get("Host: a\r\nX: a\tb\r\n")},
        Vector{"NoReasonToRefuseUtf8", 0, get("Host: a\r\nX: \xC3\xA4\r\n")},
        Vector{"EmptyValue", 0, get("Host: a\r\nX:\r\n")},
        // The first line.
        Vector{"NoVersion", 400, "GET /\r\n\r\n"}, Vector{"BareLfAfterTarget", 400, "GET /\n"},
        Vector{"BareLfAfterVersion", 400, "GET / HTTP/1.1\nHost: a\r\n\r\n"},
        Vector{"Version20", 505, "GET / HTTP/2.0\r\nHost: a\r\n\r\n"},
        Vector{"Version12", 505, "GET / HTTP/1.2\r\nHost: a\r\n\r\n"},
        Vector{"Version09", 505, "GET / HTTP/0.9\r\n\r\n"},
        Vector{"Preface", 505, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"},
        Vector{"BadVersion", 400, "GET / HTTP/1.10\r\nHost: a\r\n\r\n"},
        Vector{"LowerVersion", 400, "GET / http/1.1\r\nHost: a\r\n\r\n"},
        Vector{"ShortVersion", 400, "GET / HTTP\r\n\r\n"},
        Vector{"SpaceAfterVersion", 400, "GET / HTTP/1.1 \r\nHost: a\r\n\r\n"},
        Vector{"TwoSpaces", 400, "GET  / HTTP/1.1\r\nHost: a\r\n\r\n"},
        Vector{"LeadingSpace", 400, " GET / HTTP/1.1\r\nHost: a\r\n\r\n"},
        Vector{"BadMethod", 400, "G(T / HTTP/1.1\r\nHost: a\r\n\r\n"},
        Vector{"Tls", 400, std::string("\x16\x03\x01\x02\r\n\r\n")},
        Vector{"AbsoluteForm", 400, "GET http://b/ HTTP/1.1\r\nHost: a\r\n\r\n"},
        Vector{"Asterisk", 400, "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n"},
        Vector{"Connect", 400, "CONNECT b:80 HTTP/1.1\r\nHost: a\r\n\r\n"},
        Vector{"Fragment", 400, "GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n"},
        Vector{"BadEscapeInQuery", 400, "GET /?a=%zz HTTP/1.1\r\nHost: a\r\n\r\n"},
        // Headers.
        Vector{"NoHost", 400, get("")}, Vector{"TwoHosts", 400, get("Host: a\r\nHost: a\r\n")},
        Vector{"TwoHostsInOld", 400, "GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n"},
        Vector{"NoHostInOld", 0, "GET / HTTP/1.0\r\n\r\n"},
        Vector{"EmptyName", 400, get("Host: a\r\n: x\r\n")},
        Vector{"SpaceBeforeColon", 400, get("Host : a\r\n")},
        Vector{"NoColon", 400, get("Host: a\r\nX\r\n")},
        Vector{"Nul", 400, get(std::string("Host: a\0b\r\n", 10))},
        Vector{"BareLf", 400, get("Host: a\nX: b\r\n")},
        Vector{"BareCr", 400, get("Host: a\rX: b\r\n")},
        Vector{"BareCrAtTheEnd", 400, "GET / HTTP/1.1\r\nHost: a\r\n\rX"},
        Vector{"CrlfCrX", 400, get("Host: a\r\n\rX: b\r\n")},
        Vector{"Fold", 400, get("Host: a\r\n b\r\n")},
        Vector{"TabFold", 400, get("Host: a\r\nX: y\r\n\tz\r\n")},
        Vector{"SpaceFirst", 400, get(" Host: a\r\n")},
        // Lengths.
        Vector{"PlusLength", 400, post("Content-Length: +5\r\n", "hello")},
        Vector{"NegativeLength", 400, post("Content-Length: -5\r\n", "hello")},
        Vector{"HexLength", 400, post("Content-Length: 0x5\r\n", "hello")},
        Vector{"EmptyLength", 400, post("Content-Length:\r\n", "")},
        Vector{"LengthList", 400, post("Content-Length: 5, 5\r\n", "hello")},
        Vector{"TwoLengths", 400, post("Content-Length: 5\r\nContent-Length: 5\r\n", "hello")},
        Vector{"TwoOtherLengths", 400, post("Content-Length: 5\r\nContent-Length: 6\r\n", "hello")},
        Vector{"LengthOverflow", 400, post("Content-Length: 18446744073709551621\r\n", "hello")},
        Vector{"LengthThenEncoding", 400,
               post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n")},
        Vector{"EncodingThenLength", 400,
               post("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "0\r\n\r\n")},
        Vector{"IdentityAndLength", 400,
               post("Transfer-Encoding: identity\r\nContent-Length: 5\r\n", "hello")},
        Vector{"EncodingInOld", 400,
               "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
        Vector{"EncodingTwice", 400,
               post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n")},
        Vector{"GzipThenChunkedHeader", 400,
               post("Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n")},
        Vector{"ChunkedChunked", 400, post("Transfer-Encoding: chunked, chunked\r\n", "0\r\n\r\n")},
        Vector{"Xchunked", 400, post("Transfer-Encoding: xchunked\r\n", "0\r\n\r\n")},
        Vector{"Identity", 400, post("Transfer-Encoding: identity\r\n", "")},
        Vector{"EmptyEncoding", 400, post("Transfer-Encoding:\r\n", "")},
        Vector{"ChunkedNotLast", 400, post("Transfer-Encoding: chunked, gzip\r\n", "0\r\n\r\n")},
        Vector{"GzipChunked", 501, post("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n")},
        Vector{"ChunkedInCapitals", 0, post("TRANSFER-ENCODING: Chunked\r\n", "0\r\n\r\n")},
        Vector{"OtherExpectation", 417, post("Expect: miracles\r\n", "")}));

INSTANTIATE_TEST_SUITE_P(
    Chunks, Strictness,
    testing::Values(Vector{"BareLfAfterSize", 400, chunked("5\nhello\r\n0\r\n\r\n")},
                    Vector{"BareCrAfterSize", 400, chunked("5\rhello\r\n0\r\n\r\n")},
                    Vector{"NoCrlfAfterData", 400, chunked("5\r\nhello0\r\n\r\n")},
                    Vector{"LfAfterData", 400, chunked("5\r\nhello\n0\r\n\r\n")},
                    Vector{"LfInExtension", 400, chunked("5;a\nb\r\nhello\r\n0\r\n\r\n")},
                    Vector{"LfInQuotes", 400, chunked("5;a=\"\n\"\r\nhello\r\n0\r\n\r\n")},
                    Vector{"SpaceAfterSize", 400, chunked("5 \r\nhello\r\n0\r\n\r\n")},
                    Vector{"NoSize", 400, chunked("\r\nhello\r\n0\r\n\r\n")},
                    Vector{"NoHex", 400, chunked("g\r\n")},
                    Vector{"PrefixedHex", 400, chunked("0x5\r\nhello\r\n\r\n0\r\n\r\n")},
                    Vector{"Minus", 400, chunked("-5\r\nhello\r\n")},
                    Vector{"HugeSize", 400, chunked("10000000000000005\r\nhello\r\n")},
                    Vector{"LargeSize", 413, chunked("FFFFFFFFFFFFFFFF\r\nhello\r\n")},
                    Vector{"BadExtension", 400, chunked("5;(\r\nhello\r\n0\r\n\r\n")},
                    Vector{"LengthInTrailer", 400, chunked("0\r\nContent-Length: 5\r\n\r\n")},
                    Vector{"EncodingInTrailer", 400,
                           chunked("0\r\nTransfer-Encoding: chunked\r\n\r\n")},
                    Vector{"FoldInTrailer", 400, chunked("0\r\nX: a\r\n b\r\n\r\n")},
                    Vector{"BareLfInTrailer", 400, chunked("0\r\nX: a\n\r\n")},
                    Vector{"LongExtension", 400, chunked("5;" + kLong + "\r\nhello\r\n0\r\n\r\n")},
                    Vector{"EndlessExtension", 400, chunked("5;" + kLong)},
                    Vector{"EndlessZeros", 400, chunked(std::string(20'000, '0'))},
                    Vector{"LongTrailer", 400, chunked("0\r\nX: " + kLong + "\r\n\r\n")}));

INSTANTIATE_TEST_SUITE_P(
    Sizes, Strictness,
    testing::Values(Vector{"LongTarget", 414,
                           "GET /" + kLong.substr(0, 9'000) + " HTTP/1.1\r\nHost: a\r\n\r\n"},
                    Vector{"EndlessTarget", 414, "GET /" + kLong},
                    Vector{"LongHeader", 431, get("Host: a\r\nX: " + kLong + "\r\n")},
                    Vector{"EndlessHeader", 431, "GET / HTTP/1.1\r\nX: " + kLong},
                    Vector{"EndlessMethod", 414, kLong},
                    Vector{"LargeLength", 413, post("Content-Length: 1048577\r\n", "")}));

TEST(RequestParser, CountsHeaders) {
  std::string headers = kHost;
  for (int i = 0; i < 99; ++i) {
    headers += "X: y\r\n";
  }
  EXPECT_EQ(100U, parse(get(headers)).requests.at(0).headers.size());
  EXPECT_EQ(431, parse(get(headers + "X: y\r\n")).refusal.status);
}

TEST(RequestParser, TakesWhatJustFits) {
  const Limits limits{.head_bytes = 40, .target_bytes = 4, .body_bytes = 5};
  EXPECT_EQ(1U, parse("GET /123 HTTP/1.1\r\nHost: 12345678901\r\n\r\n", 1, limits).requests.size());
  EXPECT_EQ(431,
            parse("GET /123 HTTP/1.1\r\nHost: 123456789012\r\n\r\n", 1, limits).refusal.status);
  EXPECT_EQ(414, parse("GET /1234 HTTP/1.1\r\nHost: a\r\n\r\n", 1, limits).refusal.status);
  EXPECT_EQ(1U,
            parse("POST / HTTP/1.0\r\nContent-Length: 5\r\n\r\n12345", 1, limits).requests.size());
  EXPECT_EQ(413, parse("POST / HTTP/1.0\r\nContent-Length: 6\r\n\r\n", 1, limits).refusal.status);
}

TEST(RequestParser, CountsTheChunksOfABodyTogether) {
  const Limits limits{.body_bytes = 5};
  EXPECT_EQ("12345",
            parse(chunked("3\r\n123\r\n2\r\n45\r\n0\r\n\r\n"), 1, limits).requests.at(0).body);
  EXPECT_EQ(413, parse(chunked("3\r\n123\r\n3\r\n456\r\n0\r\n\r\n"), 1, limits).refusal.status);
}

TEST(RequestParser, ReadsTheSameHoweverTheBytesArePortioned) {
  const std::string bytes = get(kHost) + chunked("5\r\nhello\r\n0\r\nX: y\r\n\r\n") + "\r\n" +
                            post("Content-Length: 11\r\n", "hello world") + chunked("0\r\n\r\n") +
                            "GET / HTTP/3.0\r\n\r\n";
  const Outcome whole = parse(bytes);
  EXPECT_EQ(4U, whole.requests.size());
  EXPECT_EQ(505, whole.refusal.status);
  for (std::size_t portion = 1; portion < 80; ++portion) {
    EXPECT_EQ(whole, parse(bytes, portion)) << portion;
  }
}

}  // namespace
}  // namespace gaffer::net
