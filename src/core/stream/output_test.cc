#include "core/stream/output.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "support/stream_fixture.h"

namespace gaffer::stream {
namespace {

using test::text_of;

class OutputTest : public test::StreamTest {
 protected:
  // A disk of so many KiB, if we may have one.
  bool mount(const std::string& size) {
    const bool is_mounted =
        ::mount("none", dir_.path().c_str(), "tmpfs", 0, ("size=" + size).c_str()) == 0;
    return is_mounted;
  }
  void unmount() { ASSERT_EQ(0, ::umount(dir_.path().c_str())); }
};

TEST_F(OutputTest, KeepsEveryByteAtItsOffset) {
  const auto output = in_memory();
  const os::UniqueFd pipe = pipe_into(*output);
  say(*output, pipe, std::string_view("a\0b\xff\n", 5));
  EXPECT_EQ(std::string_view("a\0b\xff\n", 5), text_of(output->view()));
  EXPECT_EQ(1, grown_);
}

TEST_F(OutputTest, GoesOnBehindWhatTheFileHeld) {
  dir_.write("web.1.log", "before\n");
  const auto output = on_disk();
  const os::UniqueFd pipe = pipe_into(*output);
  write(pipe, "after\n");
  EXPECT_TRUE(run_until([&] { return output->view().end == 13; }));
  EXPECT_EQ("before\nafter\n", dir_.read("web.1.log"));
}

TEST_F(OutputTest, ASilentProcessHasNoFile) {
  const auto output = on_disk();
  os::UniqueFd pipe = pipe_into(*output);
  run_some_turns();
  EXPECT_FALSE(os::file_exists(dir_.path("web.1.log")));
  pipe.reset();
  output->drain();
  run_some_turns();
  EXPECT_FALSE(os::file_exists(dir_.path("web.1.log")));
}

TEST_F(OutputTest, DrainHasTheLastWordsWithoutATurnOfTheLoop) {
  const auto output = in_memory();
  os::UniqueFd pipe = pipe_into(*output);
  write(pipe, std::string(60'000, 'x'));
  pipe.reset();
  output->drain();
  EXPECT_EQ(60'000U, output->view().end);
  output->drain();
  EXPECT_EQ(60'000U, output->view().end);
}

TEST_F(OutputTest, WhatWasWrittenWhileTheLogWasOpenedComesAfterIt) {
  const auto output = on_disk();
  os::UniqueFd pipe = pipe_into(*output);
  write(pipe, "last words\n");
  pipe.reset();
  output->drain();
  EXPECT_TRUE(run_until([&] { return output->view().end == 11; }));
  EXPECT_EQ("last words\n", dir_.read("web.1.log"));
}

TEST_F(OutputTest, WhatIsHeldUntilItIsDrainedIsHeldUntilTheLogHasIt) {
  const auto output = on_disk();
  os::UniqueFd pipe = pipe_into(*output);
  write(pipe, "last words\n");
  pipe.reset();
  output->drain();
  auto held = std::make_shared<int>(0);
  const std::weak_ptr<int> watched = held;
  output->hold_until_drained(std::move(held));
  EXPECT_FALSE(watched.expired()) << "the log is being opened";
  EXPECT_TRUE(run_until([&] { return watched.expired(); }));
  EXPECT_EQ("last words\n", dir_.read("web.1.log"));
}

TEST_F(OutputTest, NothingIsHeldWhereAllIsInTheLog) {
  const auto output = in_memory();
  auto held = std::make_shared<int>(0);
  const std::weak_ptr<int> watched = held;
  output->hold_until_drained(std::move(held));
  EXPECT_TRUE(watched.expired());
}

TEST_F(OutputTest, SeveralPipesFeedOneOutput) {
  const auto output = in_memory();
  const os::UniqueFd first = pipe_into(*output);
  const os::UniqueFd second = pipe_into(*output);
  say(*output, first, "one\n");
  say(*output, second, "two\n");
  EXPECT_EQ("one\ntwo\n", text_of(output->view()));
}

TEST_F(OutputTest, MemoryGivesBackWhatIsOlderThanTheBound) {
  constexpr std::uint64_t kKeep = 64 << 10;
  const auto output = in_memory(kKeep);
  const os::UniqueFd pipe = pipe_into(*output);
  for (int i = 0; i < 100; ++i)
    say(*output, pipe, std::string(4999, static_cast<char>('a' + i % 26)) + "\n");
  LogReader log(output->view());
  EXPECT_EQ(500'000U, log.end());
  EXPECT_GE(log.end() - log.begin(), kKeep);
  EXPECT_LE(log.end() - log.begin(), kKeep + kKeep / 4);
  const std::string kept = text_of(output->view());
  EXPECT_EQ(log.end() - log.begin(), kept.size());
  EXPECT_EQ(std::string(4999, 'v') + "\n", kept.substr(kept.size() - 5000));
}

TEST_F(OutputTest, AFullDiskIsBackPressureAndNothingIsLost) {
  if (!mount("64k")) GTEST_SKIP() << "needs to mount";
  {
    const auto output = on_disk();
    os::UniqueFd pipe = pipe_into(*output);
    say(*output, pipe, "first\n");
    dir_.write("ballast", std::string(48 << 10, 'b'));
    write(pipe, std::string(32 << 10, 'x'));
    EXPECT_TRUE(run_until([&] { return !output->problem().empty(); }));
    EXPECT_EQ("cannot write output: no space left on device", output->problem());
    std::filesystem::remove(dir_.path("ballast"));
    EXPECT_TRUE(run_until([&] { return output->view().end == 6 + (32 << 10); }));
    EXPECT_EQ("", output->problem());
    EXPECT_EQ("first\n" + std::string(32 << 10, 'x'), text_of(output->view()));
    EXPECT_EQ(0U, output->dropped());
  }
  unmount();
}

TEST_F(OutputTest, WhereToldToItDropsAndTheGapHasJustThatSize) {
  if (!mount("128k")) GTEST_SKIP() << "needs to mount";
  {
    const auto output = on_disk();
    output->set_on_full(OnFull::Drop);
    const os::UniqueFd pipe = pipe_into(*output);
    std::uint64_t written = 0;
    const auto write_and_wait = [&](const std::string& bytes) {
      write(pipe, bytes);
      written += bytes.size();
      EXPECT_TRUE(
          run_until([&] { return text_of(output->view()).size() + output->dropped() == written; }));
    };
    write_and_wait("first\n");
    dir_.write("ballast", std::string(100 << 10, 'b'));
    for (int i = 0; i < 8; ++i)
      write_and_wait(std::string(32 << 10, 'x'));
    EXPECT_GT(output->dropped(), std::uint64_t{128} << 10);
    EXPECT_NE("", output->problem());
    std::filesystem::remove(dir_.path("ballast"));
    EXPECT_TRUE(run_until([&] {
      write_and_wait("again\n");
      return text_of(output->view()).ends_with("again\n");
    }));
    EXPECT_EQ(written, output->view().end);
    EXPECT_EQ("", output->problem());
  }
  unmount();
}

TEST_F(OutputTest, APlaceThatCannotBeWrittenIsAProblemNotALoss) {
  const auto output = on_disk({.place = {.path = dir_.path("no/such/log")}});
  const os::UniqueFd pipe = pipe_into(*output);
  write(pipe, "kept\n");
  EXPECT_TRUE(run_until([&] { return !output->problem().empty(); }));
  EXPECT_NE(std::string::npos, output->problem().find("no/such/log: no such file or directory"));
  std::filesystem::create_directories(dir_.path("no/such"));
  EXPECT_TRUE(run_until([&] { return output->view().end == 5; }));
  EXPECT_EQ("", output->problem());
}

TEST_F(OutputTest, ManyWritersArePacedAndNothingIsLost) {
  const auto output = in_memory(16 << 20);
  std::vector<os::UniqueFd> pipes;
  pipes.reserve(8);
  for (int i = 0; i < 8; ++i)
    pipes.push_back(pipe_into(*output));
  for (int round = 0; round < 500; ++round) {
    for (const os::UniqueFd& pipe : pipes)
      write(pipe, std::string(99, 'x') + "\n");
    loop_.poll();
  }
  EXPECT_TRUE(run_until([&] { return output->view().end == 8 * 500 * 100; }));
}

TEST_F(OutputTest, ALoopWithoutPipesMayEnd) {
  const auto output = in_memory();
  os::UniqueFd pipe = pipe_into(*output);
  for (int i = 0; i < 20; ++i)
    say(*output, pipe, "x\n");
  pipe.reset();
  loop_.run();
}

TEST_F(OutputTest, MayBeDestroyedWhileAPipeIsReadable) {
  auto output = in_memory();
  const os::UniqueFd pipe = pipe_into(*output);
  write(pipe, "x");
  output.reset();
  run_some_turns();
  EXPECT_EQ(0, grown_);
}

TEST_F(OutputTest, MayBeDestroyedWhileItsLogIsBeingOpened) {
  auto output = on_disk();
  const os::UniqueFd pipe = pipe_into(*output);
  write(pipe, "x");
  output->drain();
  output.reset();
  loop_.run();
  EXPECT_EQ(0, grown_);
}

}  // namespace
}  // namespace gaffer::stream
