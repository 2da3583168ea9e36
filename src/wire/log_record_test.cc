#include "wire/log_record.h"

#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace gaffer::wire {
namespace {

constexpr std::int64_t kTime = 1'795'650'071'123'456'789;

TEST(LogRecord, IsReadBackAsItWas) {
  const LogRecord record{.source = "shop:web.1",
                         .label = "err",
                         .run = 7,
                         .wall_ns = kTime,
                         .offset = 123,
                         .gap = 5,
                         .is_partial = true,
                         .is_context = true,
                         .text = "a\tb\xff"};
  std::string line;
  append_record(line, record);
  ASSERT_EQ('\n', line.back());
  EXPECT_EQ(record, parse_record(std::string_view(line).substr(0, line.size() - 1)));
}

// As long as the clock of the machine is not set.
TEST(LogRecord, MayBeOlderThanTheEpoch) {
  const LogRecord record{.source = "web.1", .label = "output", .wall_ns = -1'500'000, .text = "x"};
  std::string written;
  append_record(written, record);
  written.pop_back();
  EXPECT_EQ(record, parse_record(written));
  EXPECT_EQ("1969-12-31T23:59:59.998500Z", utc_text(record.wall_ns));
}

TEST(LogRecord, WhatIsNoneIsNone) {
  EXPECT_EQ(std::nullopt, parse_record(""));
  EXPECT_EQ(std::nullopt, parse_record("web.1\toutput\t1\t2\t3\t4"));
  EXPECT_EQ(std::nullopt, parse_record("web.1\toutput\tx\t2\t3\t4\t-\ttext"));
  EXPECT_NE(std::nullopt, parse_record("web.1\toutput\t1\t2\t3\t4\t-\t"));
}

TEST(LogRecord, IsJsonWhateverTheBytes) {
  std::string line;
  append_json_record(line, {.source = "web.1",
                            .label = "output",
                            .run = 7,
                            .wall_ns = kTime,
                            .offset = 9,
                            .text = "a \"quoted\" \\ \x01\x7f line, caf\xc3\xa9"});
  auto document = nlohmann::json::parse(line);
  EXPECT_EQ("a \"quoted\" \\ \x01\x7f line, caf\xc3\xa9", document.at("text"));
  EXPECT_EQ("2026-11-25T23:41:11.123456Z", document.at("time"));
  EXPECT_EQ(7, document.at("pid"));
  EXPECT_FALSE(document.contains("gap"));
  for (const char* text :
       {"\xff", "\xc3", "\xed\xa0\x80", "\xf5\x80\x80\x80", "\xe2\x82", "\xc0\x80"}) {
    line.clear();
    append_json_record(line, {.source = "web.1", .label = "output", .text = text});
    EXPECT_TRUE(nlohmann::json::parse(line).contains("base64")) << line;
  }
}

TEST(LogRecord, Base64IsPadded) {
  const auto encoded = [](std::string_view bytes) {
    std::string line;
    append_json_record(line, {.text = bytes});
    return nlohmann::json::parse(line).at("base64").get<std::string>();
  };
  EXPECT_EQ("/w==", encoded("\xff"));
  EXPECT_EQ("/2E=", encoded("\xff"
                            "a"));
  EXPECT_EQ("/2Fi", encoded("\xff"
                            "ab"));
  EXPECT_EQ("/2FiYw==", encoded("\xff"
                                "abc"));
}

}  // namespace
}  // namespace gaffer::wire
