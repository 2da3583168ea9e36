#include "core/stream/segments.h"

#include <filesystem>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/stream/compressed.h"
#include "core/stream/log_reader.h"
#include "os/files.h"
#include "support/temp_dir.h"

namespace gaffer::stream {
namespace {

using Segments = std::vector<Segment>;

class SegmentsTest : public testing::Test {
 protected:
  [[nodiscard]] LogPlace place() const {
    return {.path = dir_.path("log"),
            .segments = dir_.path("log.segments"),
            .times = dir_.path("log.times")};
  }
  [[nodiscard]] Segment closed(std::uint64_t base) const {
    return {.base = base, .path = closed_name(place().path, base)};
  }
  [[nodiscard]] Segment written(std::uint64_t base) const {
    return {.base = base, .path = place().path};
  }
  void write_closed(std::uint64_t base, const std::string& content) {
    dir_.write("log" + closed_name("", base), content);
  }

  test::TempDir dir_;  // NOLINT
};

TEST_F(SegmentsTest, ALogThatIsNotThereBeginsAtZero) {
  EXPECT_EQ((Segments{written(0)}), find_segments(place()));
}

TEST_F(SegmentsTest, ASwitchIsWhatTheNextOneFinds) {
  dir_.write("log", "12345");
  const auto open = switch_segment(place(), {written(0)}, 5, {});
  ASSERT_TRUE(open.has_value()) << open.error().message;
  EXPECT_EQ((Segments{closed(0), written(5)}), open->segments);
  EXPECT_EQ(open->segments, find_segments(place()));
  EXPECT_EQ(0U, open->size);
}

TEST_F(SegmentsTest, AGapIsKeptInTheList) {
  dir_.write("log", "12345");
  ASSERT_TRUE(switch_segment(place(), {written(0)}, 105, {}).has_value());
  dir_.write("log", "abc");
  EXPECT_EQ((Segments{closed(0), written(105)}), find_segments(place()));
  std::string bytes(10, '\0');
  LogReader log(LogView{.place = place()});
  const auto piece = log.read(5, bytes).value();
  EXPECT_EQ(105U, piece.offset);
  EXPECT_EQ(3U, piece.size);
  EXPECT_EQ(108U, log.end());
}

// The three places at which the one who switches may end.
TEST_F(SegmentsTest, RenamedAndThenEnded) {
  write_closed(0, "12345");
  dir_.write("log.times", "");
  EXPECT_EQ((Segments{closed(0), written(5)}), find_segments(place()));
}

TEST_F(SegmentsTest, RenamedForTheSecondTimeAndThenEnded) {
  write_closed(0, "12345");
  write_closed(5, "678");
  ASSERT_TRUE(save_segments(place(), {closed(0), written(5)}).has_value());
  EXPECT_EQ((Segments{closed(0), closed(5), written(8)}), find_segments(place()));
}

TEST_F(SegmentsTest, MadeTheNewFileAndThenEnded) {
  write_closed(0, "12345");
  write_closed(5, "678");
  dir_.write("log", "");
  ASSERT_TRUE(save_segments(place(), {closed(0), written(5)}).has_value());
  EXPECT_EQ((Segments{closed(0), closed(5), written(8)}), find_segments(place()));
}

TEST_F(SegmentsTest, SeveralThatDidNotWriteTheListAreAllFound) {
  write_closed(0, "12345");
  write_closed(5, "678");
  write_closed(8, "9");
  dir_.write("log", "now");
  dir_.write("log.times", "");
  EXPECT_EQ((Segments{closed(0), closed(5), closed(8), written(9)}), find_segments(place()));
  ASSERT_TRUE(save_segments(place(), {closed(0), written(5)}).has_value());
  EXPECT_EQ((Segments{closed(0), closed(5), closed(8), written(9)}), find_segments(place()));
}

TEST_F(SegmentsTest, AnEmptyOneIsNotClosedButWrittenOn) {
  dir_.write("log", "");
  write_closed(5, "");  // Its name is taken.
  const auto open = switch_segment(place(), {closed(0), written(5)}, 25, {});
  ASSERT_TRUE(open.has_value()) << open.error().message;
  EXPECT_EQ(written(25), open->segments.back());
}

TEST_F(SegmentsTest, WithoutAListTheNamesTell) {
  write_closed(100, "12345");
  write_closed(0, std::string(100, 'x'));
  dir_.write("log", "now");
  dir_.write("log.000000000000001x", "not ours");
  EXPECT_EQ((Segments{closed(0), closed(100), written(105)}), find_segments(place()));
}

TEST_F(SegmentsTest, AListThatCannotBeReadIsAsNone) {
  write_closed(0, "12345");
  dir_.write("log", "now");
  dir_.write("log.segments", std::string("\0\0garbage", 9));
  EXPECT_EQ((Segments{closed(0), written(5)}), find_segments(place()));
}

TEST_F(SegmentsTest, OnesThatWereTakenAwayAreNotListed) {
  write_closed(10, "12345");
  dir_.write("log", "now");
  ASSERT_TRUE(save_segments(place(), {closed(0), closed(10), written(15)}).has_value());
  EXPECT_EQ((Segments{closed(10), written(15)}), find_segments(place()));
}

TEST_F(SegmentsTest, KeepsAsManyAsItIsTold) {
  Segments segments{written(0)};
  for (int number = 1; number <= 6; ++number) {
    dir_.write("log", "0123456789");
    segments =
        switch_segment(place(), segments, static_cast<std::uint64_t>(number) * 10, {.keep = 2})
            .value()
            .segments;
  }
  EXPECT_EQ((Segments{closed(40), closed(50), written(60)}), segments);
  EXPECT_FALSE(os::file_exists(closed(30).path));
}

TEST_F(SegmentsTest, KeepsNoneIfItIsToldSo) {
  dir_.write("log", "0123456789");
  EXPECT_EQ((Segments{written(10)}),
            switch_segment(place(), {written(0)}, 10, {.keep = 0}).value().segments);
  EXPECT_FALSE(os::file_exists(closed(0).path));
}

TEST_F(SegmentsTest, CompressedOnesCountAsWhatTheyWere) {
  write_closed(0, std::string(3'000'000, 'x'));
  ASSERT_TRUE(compress_segment(place(), closed(0)).has_value());
  EXPECT_FALSE(os::file_exists(closed(0).path));
  EXPECT_EQ(3'000'000U, segment_size(closed(0)).value());
  EXPECT_LT(std::filesystem::file_size(closed(0).path + ".zst"), 10'000U);
}

TEST_F(SegmentsTest, ACompressedOneIsReadAtAnyOffset) {
  std::string content;
  for (int number = 0; content.size() < 2'500'000; ++number)
    content += std::to_string(number) + "\n";
  const std::string plain = dir_.write("plain", content);
  ASSERT_TRUE(compress_file(plain, dir_.path("packed")).has_value());
  CompressedFile file = std::move(CompressedFile::open(dir_.path("packed")).value());
  EXPECT_EQ(content.size(), file.size());
  for (const std::uint64_t offset : {0UL, 1'048'570UL, 1'048'576UL, 2'400'000UL, 100UL}) {
    std::string bytes(1000, '\0');
    bytes.resize(file.read(offset, bytes).value());
    EXPECT_EQ(content.substr(offset, bytes.size()), bytes);
    EXPECT_FALSE(bytes.empty());
  }
  std::string none(10, '\0');
  EXPECT_EQ(0U, file.read(content.size(), none).value());
}

TEST_F(SegmentsTest, WhatIsNoCompressedLogIsRefused) {
  dir_.write("packed", "not at all");
  EXPECT_EQ(Errc::Protocol, CompressedFile::open(dir_.path("packed")).error().code);
}

TEST_F(SegmentsTest, KeepWithinTakesTheOldestOfAllWithThatPrefix) {
  const auto now = std::filesystem::file_time_type::clock::now();
  for (const char* name : {"a.1", "a.2", "b.1"}) {
    const std::string beside = dir_.path(name);
    const LogPlace its{.path = beside + ".log", .segments = beside + ".segments"};
    const Segment old{.base = 0, .path = closed_name(its.path, 0)};
    dir_.write(std::string(name) + ".log.000000000000000", std::string(1000, 'x'));
    std::filesystem::last_write_time(old.path, now - std::chrono::hours(name[2] - '0'));
    ASSERT_TRUE(save_segments(its, {old, {.base = 1000, .path = its.path}}).has_value());
  }
  keep_within(dir_.path(), "a.", 1500);
  EXPECT_TRUE(os::file_exists(dir_.path("a.1.log.000000000000000")));
  EXPECT_FALSE(os::file_exists(dir_.path("a.2.log.000000000000000")));
  EXPECT_TRUE(os::file_exists(dir_.path("b.1.log.000000000000000")));
}

}  // namespace
}  // namespace gaffer::stream
