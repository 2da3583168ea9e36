#include "core/stream/times.h"

#include <unistd.h>

#include <chrono>
#include <string>

#include <gtest/gtest.h>

#include "os/files.h"
#include "os/log_file.h"

namespace gaffer::stream {
namespace {

using std::chrono::seconds;

os::UniqueFd memory() { return std::move(os::memory_file("times").value()); }

/// A record with a row a second, each for 100 bytes; every 10 rows another run.
os::UniqueFd record_of(int rows) {
  os::UniqueFd file = memory();
  (void)TimesWriter::open(std::move(os::duplicate(file.get()).value()), 0).value();
  for (int number = 0; number < rows; ++number) {
    const TimeRow row{.offset = static_cast<std::uint64_t>(number) * 100,
                      .wall_ns = (1000 + number) * std::int64_t{1'000'000'000},
                      .since_boot_ns = number * std::int64_t{1'000'000'000},
                      .run = static_cast<std::uint64_t>(1 + number / 10)};
    EXPECT_TRUE(os::write_at(file.get(), static_cast<std::uint64_t>(number + 1) * sizeof(row),
                             {reinterpret_cast<const char*>(&row), sizeof(row)})
                    .has_value());
  }
  return file;
}

TEST(Times, TellsTheRowOfAByte) {
  const os::UniqueFd file = record_of(1000);
  TimesReader times(file.get());
  EXPECT_EQ(0U, times.at(0)->offset);
  EXPECT_EQ(0U, times.at(99)->offset);
  EXPECT_EQ(100U, times.at(100)->offset);
  EXPECT_EQ(51'200U, times.at(51'234)->offset);
  EXPECT_EQ(99'900U, times.at(1'000'000)->offset);
  EXPECT_EQ(WallTime(seconds(1512)), times.at(51'234)->wall());
}

TEST(Times, TellsWhatCameThenOrLater) {
  const os::UniqueFd file = record_of(1000);
  TimesReader times(file.get());
  EXPECT_EQ(0U, times.offset_at(WallTime(seconds(5))));
  EXPECT_EQ(50'000U, times.offset_at(WallTime(seconds(1500))));
  EXPECT_EQ(50'100U, times.offset_at(WallTime(std::chrono::milliseconds(1'500'001))));
  EXPECT_EQ(std::nullopt, times.offset_at(WallTime(seconds(3000))));
}

TEST(Times, TellsWhoseTheBytesAre) {
  const os::UniqueFd file = record_of(25);
  const auto runs = TimesReader(file.get()).runs();
  ASSERT_EQ(3U, runs.size());
  EXPECT_EQ(2U, runs[1].run);
  EXPECT_EQ(1000U, runs[1].begin);
  EXPECT_EQ(2000U, runs[2].begin);
}

TEST(Times, NothingIsKnownOfNothing) {
  TimesReader none;
  EXPECT_EQ(std::nullopt, none.at(0));
  EXPECT_EQ(std::nullopt, none.offset_at(WallTime{}));
  EXPECT_TRUE(none.runs().empty());
  const os::UniqueFd empty = memory();
  EXPECT_EQ(std::nullopt, TimesReader(empty.get()).at(7));
}

TEST(Times, AWriterAddsARowForAnotherRunAtOnceAndElseAfterAWhile) {
  const os::UniqueFd file = memory();
  auto writer =
      std::move(TimesWriter::open(std::move(os::duplicate(file.get()).value()), 0).value());
  writer.note(0, 1);
  writer.note(10, 1);  // Within the same 10 ms, most likely: one row or two.
  writer.note(20, 2);
  const auto runs = TimesReader(file.get()).runs();
  ASSERT_EQ(2U, runs.size());
  EXPECT_EQ(0U, runs[0].begin);
  EXPECT_EQ(20U, runs[1].begin);
}

TEST(Times, WhatTellsOfBytesThatWereLostIsTakenBack) {
  const os::UniqueFd file = record_of(1000);
  auto writer =
      std::move(TimesWriter::open(std::move(os::duplicate(file.get()).value()), 50'050).value());
  writer.note(50'050, 7);
  TimesReader times(file.get());
  EXPECT_EQ(7U, times.at(50'060)->run);
  EXPECT_EQ(50'000U, times.at(50'049)->offset);
}

TEST(Times, ARowThatWasCutOffIsWrittenOver) {
  const os::UniqueFd file = record_of(5);
  ASSERT_EQ(0, ::ftruncate(file.get(), 5 * 32 + 7));
  auto writer =
      std::move(TimesWriter::open(std::move(os::duplicate(file.get()).value()), 900).value());
  writer.note(900, 3);
  EXPECT_EQ(3U, TimesReader(file.get()).at(900)->run);
  EXPECT_EQ(300U, TimesReader(file.get()).at(899)->offset);
}

TEST(Times, WhatIsNoRecordIsBegunAnew) {
  const os::UniqueFd file = memory();
  ASSERT_TRUE(os::write_at(file.get(), 0, std::string(100, 'x')).has_value());
  auto writer =
      std::move(TimesWriter::open(std::move(os::duplicate(file.get()).value()), 0).value());
  writer.note(0, 1);
  EXPECT_EQ(1U, TimesReader(file.get()).at(5)->run);
}

TEST(Times, RowsOfBytesThatAreGoneAreGivenBack) {
  const os::UniqueFd file = record_of(10'000);
  auto writer =
      std::move(TimesWriter::open(std::move(os::duplicate(file.get()).value()), 1'000'000).value());
  writer.forget_before(900'000);
  EXPECT_GT(os::next_data(file.get(), 4096).value(), 200'000U);
  TimesReader times(file.get());
  EXPECT_EQ(950'000U, times.at(950'001)->offset);
  EXPECT_EQ(900'000U, times.at(900'000)->offset);
  EXPECT_EQ(990'000U, times.offset_at(WallTime(seconds(1000 + 9900))));
}

}  // namespace
}  // namespace gaffer::stream
