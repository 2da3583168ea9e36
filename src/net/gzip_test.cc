#include "net/gzip.h"

#include <gtest/gtest.h>
#include <zlib.h>

namespace gaffer::net {
namespace {

std::string unpacked(std::string bytes) {
  z_stream stream{};
  EXPECT_EQ(Z_OK, inflateInit2(&stream, 15 + 16));
  std::string text(1'000'000, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(bytes.data());
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(text.data());
  stream.avail_out = static_cast<uInt>(text.size());
  EXPECT_EQ(Z_STREAM_END, inflate(&stream, Z_FINISH));
  text.resize(stream.total_out);
  inflateEnd(&stream);
  return text;
}

TEST(Gzip, IsWhatOthersUnpack) {
  std::string noise;
  for (unsigned at = 0; at < 100'000; ++at)
    noise += static_cast<char>(at * at >> 3U);
  for (const std::string& text : {std::string(), std::string(500'000, 'x'), noise})
    EXPECT_EQ(text, unpacked(gzip(text)));
  EXPECT_GT(5'000U, gzip(std::string(500'000, 'x')).size());
}

TEST(Gzip, IsForThoseWhoTakeIt) {
  const auto takes = [](const std::string& accepted) {
    Request request;
    request.headers = {{"Accept-Encoding", accepted}};
    return accepts_gzip(request);
  };
  for (const char* yes : {"gzip", "deflate, gzip;q=0.5", "br,GZIP", "gzip; q=1.0"})
    EXPECT_TRUE(takes(yes)) << yes;
  for (const char* no : {"", "identity", "gzip;q=0", "gzip; q=0.000", "x-gzip2", "*"})
    EXPECT_FALSE(takes(no)) << no;
  EXPECT_FALSE(accepts_gzip({}));
}

}  // namespace
}  // namespace gaffer::net
