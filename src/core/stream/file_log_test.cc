#include "core/stream/file_log.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "os/clocks.h"
#include "support/stream_fixture.h"

namespace gaffer::stream {
namespace {

using test::text_of;

class FileLogTest : public test::StreamTest {
 protected:
  std::vector<std::string> names() {
    std::vector<std::string> found;
    for (const auto& entry : std::filesystem::directory_iterator(dir_.path()))
      found.push_back(entry.path().filename());
    std::ranges::sort(found);
    return found;
  }
  std::size_t closed_segments() {
    return static_cast<std::size_t>(std::ranges::count_if(
        names(), [](const std::string& name) { return name.starts_with("web.1.log."); }));
  }
  static std::string line(int number) {
    std::string text = std::to_string(number) + " ";
    text.resize(99, 'x');
    return text + "\n";
  }
  /// What a reader misses that begins at the beginning.
  static std::uint64_t gaps_in(const LogView& view) {
    LogReader log(view);
    LineCursor cursor(0);
    Line found;
    std::uint64_t gaps = 0;
    while (cursor.next(log, found).value())
      gaps += found.gap;
    return gaps;
  }
};

TEST_F(FileLogTest, GoesOnInANewFileAndKeepsSoManyOldOnes) {
  const auto output = on_disk(Retention{.max_size = 1000, .keep = 3});
  const os::UniqueFd pipe = pipe_into(*output);
  for (int i = 0; i < 100; ++i)
    say(*output, pipe, line(i));
  EXPECT_TRUE(run_until([&] { return closed_segments() == 3; }));
  const std::string kept = text_of(output->view());
  EXPECT_LE(kept.size(), 4000U);
  EXPECT_GE(kept.size(), 3000U);
  EXPECT_EQ(10'000 - kept.size(), gaps_in(output->view()));
  EXPECT_EQ(line(99), kept.substr(kept.size() - 100));
}

TEST_F(FileLogTest, NamesSortAsTheBytesCame) {
  {
    const auto output = on_disk(Retention{.max_size = 1000, .keep = 100});
    const os::UniqueFd pipe = pipe_into(*output);
    for (int i = 0; i < 55; ++i)
      say(*output, pipe, line(i));
  }
  std::string all;
  for (const std::string& name : names()) {
    if (name.starts_with("web.1.log.")) all += dir_.read(name);
  }
  all += dir_.read("web.1.log");
  std::string expected;
  for (int i = 0; i < 55; ++i)
    expected += line(i);
  EXPECT_EQ(expected, all);
}

TEST_F(FileLogTest, ALaterOneGoesOnAtTheSameOffsets) {
  for (int life = 0; life < 5; ++life) {
    const auto output = on_disk(Retention{.max_size = 1000, .keep = 100});
    const os::UniqueFd pipe = pipe_into(*output);
    for (int i = 0; i < 15; ++i)
      say(*output, pipe, line(life * 15 + i));
  }
  LogReader log(LogView{.place = place()});
  EXPECT_EQ(7500U, log.end());
  EXPECT_EQ(0U, log.begin());
  EXPECT_EQ(7500U, text_of(LogView{.place = place()}).size());
}

TEST_F(FileLogTest, AReaderThatWasThereBeforeReadsOnThroughSegments) {
  const auto output = on_disk(Retention{.max_size = 1000, .keep = 100});
  const os::UniqueFd pipe = pipe_into(*output);
  say(*output, pipe, line(0));
  LogReader log(output->view());
  LineCursor cursor(0);
  Line found;
  int next = 0;
  for (int i = 1; i < 60; ++i) {
    say(*output, pipe, line(i));
    log.refresh(output->view());
    while (cursor.next(log, found).value()) {
      EXPECT_EQ(line(next++), std::string(found.text) + "\n");
      EXPECT_EQ(0U, found.gap);
    }
  }
  EXPECT_EQ(60, next);
}

TEST_F(FileLogTest, CompressedSegmentsAreReadAsBefore) {
  const auto output = on_disk(Retention{.max_size = 1000, .keep = 100, .compress = true});
  const os::UniqueFd pipe = pipe_into(*output);
  for (int i = 0; i < 42; ++i)
    say(*output, pipe, line(i));
  EXPECT_TRUE(run_until([&] {
    const auto all = names();
    return std::ranges::count_if(all, [](const auto& name) { return name.ends_with(".zst"); }) >= 4;
  }));
  loop_.run_once();
  const std::string text = text_of(output->view());
  ASSERT_EQ(4200U, text.size());
  for (int i = 0; i < 42; ++i)
    EXPECT_EQ(line(i), text.substr(static_cast<std::size_t>(i) * 100, 100));
}

TEST_F(FileLogTest, OldSegmentsGoByAge) {
  const auto output =
      on_disk(Retention{.max_size = 1000, .keep = 100, .max_age = std::chrono::seconds(3600)});
  const os::UniqueFd pipe = pipe_into(*output);
  for (int i = 0; i < 25; ++i)
    say(*output, pipe, line(i));
  ASSERT_EQ(2U, closed_segments());
  for (const std::string& name : names()) {
    if (name.starts_with("web.1.log."))
      std::filesystem::last_write_time(
          dir_.path(name), std::filesystem::file_time_type::clock::now() - std::chrono::hours(2));
  }
  for (int i = 25; i < 35; ++i)
    say(*output, pipe, line(i));
  EXPECT_EQ(1U, closed_segments());
}

TEST_F(FileLogTest, TheBudgetOfAllTakesTheOldest) {
  files_.set_budget(64'000);
  const auto output = on_disk(Retention{.max_size = 1000, .keep = 10'000});
  const os::UniqueFd pipe = pipe_into(*output);
  for (int i = 0; i < 2000; ++i)
    say(*output, pipe, line(i));
  EXPECT_TRUE(run_until([&] { return closed_segments() <= 66; }));
  EXPECT_GE(closed_segments(), 60U);
  files_.set_budget(10'000);
  EXPECT_TRUE(run_until([&] { return closed_segments() == 10; }));
}

TEST_F(FileLogTest, TakingTheFileAwayAndReopeningGoesOnInANewOne) {
  const auto output = on_disk();
  const os::UniqueFd pipe = pipe_into(*output);
  say(*output, pipe, line(0));
  std::filesystem::rename(dir_.path("web.1.log"), dir_.path("rotated"));
  say(*output, pipe, line(1));
  EXPECT_EQ(line(0) + line(1), dir_.read("rotated"));
  output->reopen();
  say(*output, pipe, line(2));
  EXPECT_EQ(line(2), dir_.read("web.1.log"));
  EXPECT_EQ(300U, output->view().end);
  EXPECT_EQ(200U, gaps_in(output->view()));
}

TEST_F(FileLogTest, ReopeningTheSameFileChangesNothing) {
  const auto output = on_disk();
  const os::UniqueFd pipe = pipe_into(*output);
  say(*output, pipe, line(0));
  output->reopen();
  say(*output, pipe, line(1));
  EXPECT_EQ(line(0) + line(1), text_of(output->view()));
  EXPECT_EQ(0U, gaps_in(output->view()));
}

TEST_F(FileLogTest, WhoeverCutsItIsSurvivedAndTheOffsetsGoOn) {
  const auto output = on_disk();
  const os::UniqueFd pipe = pipe_into(*output);
  for (int i = 0; i < 50; ++i) {
    say(*output, pipe, line(i));
    ASSERT_EQ(0, ::truncate(dir_.path("web.1.log").c_str(), 0));
  }
  say(*output, pipe, line(50));
  EXPECT_EQ(line(50), dir_.read("web.1.log"));
  EXPECT_EQ(5100U, output->view().end);
  EXPECT_EQ(5000U, gaps_in(output->view()));
}

TEST_F(FileLogTest, CuttingItWhileItIsWrittenToLeavesNoZeros) {
  const auto output = on_disk();
  const os::UniqueFd pipe = pipe_into(*output);
  std::atomic<bool> is_over = false;
  std::atomic<bool> has_ended = false;
  std::thread writer([&] {
    const std::string block = [] {
      std::string text;
      for (int i = 0; i < 600; ++i)
        text += line(i);
      return text;
    }();
    while (!is_over) {
      for (std::size_t done = 0; done < block.size() && !is_over;) {
        const ssize_t got = ::write(pipe.get(), block.data() + done, block.size() - done);
        done += got > 0 ? static_cast<std::size_t>(got) : 0;
      }
    }
    has_ended = true;
  });
  for (int cut = 0; cut < 100; ++cut) {
    const std::uint64_t before = output->view().end;
    EXPECT_TRUE(run_until([&] { return output->view().end > before + 200'000; }));
    ASSERT_EQ(0, ::truncate(dir_.path("web.1.log").c_str(), 0));
  }
  is_over = true;
  while (!has_ended)
    loop_.poll();  // The last write may wait for room.
  writer.join();
  EXPECT_EQ(std::string::npos, dir_.read("web.1.log").find('\0'));
}

TEST_F(FileLogTest, WhatOthersAppendWhileItIsQuietIsCountedAsWell) {
  const auto output = on_disk();
  const os::UniqueFd pipe = pipe_into(*output);
  say(*output, pipe, "one\n");
  bool is_quiet = false;
  uv::Timer timer(loop_);
  timer.start(std::chrono::milliseconds(12), [&] { is_quiet = true; });
  EXPECT_TRUE(run_until([&] { return is_quiet; }));
  std::ofstream(dir_.path("web.1.log"), std::ios::app) << "note\n";
  write(pipe, "two\n");
  EXPECT_TRUE(run_until([&] { return output->view().end == 13; }));
  EXPECT_EQ("one\nnote\ntwo\n", text_of(output->view()));
}

TEST_F(FileLogTest, MoreLogsThanMayBeOpenTakeTurns) {
  std::vector<std::unique_ptr<Output>> outputs;
  std::vector<os::UniqueFd> pipes;
  for (int number = 0; number < 12; ++number) {
    outputs.push_back(on_disk({.place = place("w." + std::to_string(number))}));
    pipes.push_back(pipe_into(*outputs.back()));
  }
  for (int round = 0; round < 5; ++round) {
    for (std::size_t at = 0; at < outputs.size(); ++at)
      say(*outputs[at], pipes[at], line(round));
  }
  for (const auto& output : outputs)
    EXPECT_EQ(line(0) + line(1) + line(2) + line(3) + line(4), text_of(output->view()));
}

TEST_F(FileLogTest, APathMaySayTheProcessAndTheDay) {
  FileLogSettings settings{.place = place()};
  settings.place.path = dir_.path("{pid}-{date}.log");
  const auto output = on_disk(std::move(settings));
  const os::UniqueFd first = pipe_into(*output, 7);
  say(*output, first, "one\n");
  const os::UniqueFd second = pipe_into(*output, 8);
  say(*output, second, "two\n");
  const std::string day = os::local_date();
  EXPECT_EQ("one\n", dir_.read("7-" + day + ".log"));
  EXPECT_EQ("two\n", dir_.read("8-" + day + ".log"));
  EXPECT_EQ("one\ntwo\n", text_of(output->view()));
}

TEST_F(FileLogTest, HasOneWriter) {
  const auto output = on_disk();
  const os::UniqueFd pipe = pipe_into(*output);
  say(*output, pipe, "one\n");
  const auto other = on_disk();
  const os::UniqueFd other_pipe = pipe_into(*other);
  write(other_pipe, "two\n");
  EXPECT_TRUE(run_until([&] { return !other->problem().empty(); }));
  EXPECT_NE(std::string::npos, other->problem().find("somebody else writes to it"));
}

}  // namespace
}  // namespace gaffer::stream
