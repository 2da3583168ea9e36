#include "core/stream/output.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <string>
#include <vector>

#include "core/stream/lines.h"
#include "os/files.h"
#include "support/loop_fixture.h"
#include "support/temp_dir.h"

namespace gaffer::stream {
namespace {

class OutputTest : public test::LoopTest {
 protected:
  std::unique_ptr<Output> make(OutputSettings settings) {
    return std::make_unique<Output>(loop_, std::move(settings), [this] { ++grown_; });
  }

  /// The write end of a pipe that the output reads.
  static os::UniqueFd pipe_into(Output& output) {
    os::Pipe pipe = std::move(os::make_pipe().value());
    EXPECT_TRUE(output.attach(std::move(pipe.read)).has_value());
    return std::move(pipe.write);
  }

  static void write(const os::UniqueFd& pipe, std::string_view bytes) {
    ASSERT_EQ(static_cast<ssize_t>(bytes.size()), ::write(pipe.get(), bytes.data(), bytes.size()));
  }

  static std::string all_of(Output& output) {
    std::string bytes(output.end() - output.begin(), '\0');
    EXPECT_EQ(bytes.size(), output.read(output.begin(), bytes).value());
    return bytes;
  }

  static std::vector<std::string> lines_of(Output& output, LineReader& reader) {
    std::vector<std::string> lines;
    EXPECT_TRUE(reader
                    .read(output,
                          [&](const Line& line) {
                            lines.emplace_back(line.text);
                            return true;
                          })
                    .has_value());
    return lines;
  }

  test::TempDir dir_;  // NOLINT
  int grown_ = 0;      // NOLINT
};

TEST_F(OutputTest, KeepsEveryByteAtItsOffset) {
  const auto output = make({});
  const os::UniqueFd pipe = pipe_into(*output);
  write(pipe, std::string_view("a\0b\xff\n", 5));
  EXPECT_TRUE(run_until([&] { return output->end() == 5; }));
  EXPECT_EQ(std::string_view("a\0b\xff\n", 5), all_of(*output));
  EXPECT_EQ(1, grown_);
}

TEST_F(OutputTest, GoesOnBehindWhatTheFileHeld) {
  const std::string path = dir_.write("log", "before\n");
  const auto output = make({.path = path});
  const os::UniqueFd pipe = pipe_into(*output);
  write(pipe, "after\n");
  EXPECT_TRUE(run_until([&] { return output->end() == 13; }));
  EXPECT_EQ("before\nafter\n", dir_.read("log"));
}

TEST_F(OutputTest, ASilentProcessHasNoFile) {
  const auto output = make({.path = dir_.path("log")});
  os::UniqueFd pipe = pipe_into(*output);
  run_some_turns();
  EXPECT_FALSE(os::file_exists(dir_.path("log")));
  pipe.reset();
  output->drain();
  run_some_turns();
  EXPECT_FALSE(os::file_exists(dir_.path("log")));
}

TEST_F(OutputTest, DrainHasTheLastWordsWithoutATurnOfTheLoop) {
  const auto output = make({});
  os::UniqueFd pipe = pipe_into(*output);
  write(pipe, std::string(60'000, 'x'));
  pipe.reset();
  output->drain();
  EXPECT_EQ(60'000U, output->end());
  output->drain();
  EXPECT_EQ(60'000U, output->end());
}

TEST_F(OutputTest, SeveralPipesFeedOneOutput) {
  const auto output = make({});
  const os::UniqueFd first = pipe_into(*output);
  const os::UniqueFd second = pipe_into(*output);
  write(first, "one\n");
  output->drain();
  write(second, "two\n");
  output->drain();
  EXPECT_EQ("one\ntwo\n", all_of(*output));
}

TEST_F(OutputTest, GivesBackWhatIsOlderThanTheBoundAndSaysWhereTheRestBegins) {
  constexpr std::uint64_t kKeep = 64 << 10;
  const auto output = make({.path = dir_.path("log"), .keep_bytes = kKeep});
  const os::UniqueFd pipe = pipe_into(*output);
  for (int i = 0; i < 100; ++i) {
    write(pipe, std::string(4999, static_cast<char>('a' + i % 26)) + "\n");
    output->drain();
  }
  EXPECT_EQ(500'000U, output->end());
  EXPECT_GE(output->end() - output->begin(), kKeep);
  EXPECT_LE(output->end() - output->begin(), kKeep + kKeep / 4);
  EXPECT_EQ(std::string(4999, 'v') + "\n",
            all_of(*output).substr(output->end() - output->begin() - 5000));
  LineReader late(0);
  std::uint64_t gap = 0;
  ASSERT_TRUE(late.read(*output,
                        [&](const Line& line) {
                          gap += line.gap;
                          return true;
                        })
                  .has_value());
  EXPECT_EQ(output->begin(), gap);
}

TEST_F(OutputTest, AFullDiskIsBackPressureAndNothingIsLost) {
  if (::mount("none", dir_.path().c_str(), "tmpfs", 0, "size=64k") != 0)
    GTEST_SKIP() << "needs to mount";
  {
    const auto output = make({.path = dir_.path("log")});
    os::UniqueFd pipe = pipe_into(*output);
    dir_.write("ballast", std::string(48 << 10, 'b'));
    write(pipe, std::string(32 << 10, 'x'));
    EXPECT_TRUE(run_until([&] { return !output->problem().empty(); }));
    EXPECT_EQ("cannot write output: no space left on device", output->problem());
    std::filesystem::remove(dir_.path("ballast"));
    EXPECT_TRUE(run_until([&] { return output->end() == 32 << 10; }));
    EXPECT_EQ("", output->problem());
    EXPECT_EQ(std::string(32 << 10, 'x'), all_of(*output));
  }
  ASSERT_EQ(0, ::umount(dir_.path().c_str()));
}

TEST_F(OutputTest, APlaceThatCannotBeWrittenIsAProblemNotALoss) {
  const auto output = make({.path = dir_.path("no/such/log")});
  const os::UniqueFd pipe = pipe_into(*output);
  write(pipe, "kept\n");
  EXPECT_TRUE(run_until([&] { return !output->problem().empty(); }));
  std::filesystem::create_directories(dir_.path("no/such"));
  EXPECT_TRUE(run_until([&] { return output->end() == 5; }));
}

TEST_F(OutputTest, ReadersGetWholeLinesAndTheRestWhenItIsWhole) {
  const auto output = make({});
  const os::UniqueFd pipe = pipe_into(*output);
  LineReader reader(0);
  write(pipe, "one\ntw");
  output->drain();
  EXPECT_EQ((std::vector<std::string>{"one"}), lines_of(*output, reader));
  write(pipe, "o\n\n");
  output->drain();
  EXPECT_EQ((std::vector<std::string>{"two", ""}), lines_of(*output, reader));
  EXPECT_EQ((std::vector<std::string>{}), lines_of(*output, reader));
}

TEST_F(OutputTest, TheRestOfALineIsMarkedAsSuch) {
  const auto output = make({});
  const os::UniqueFd pipe = pipe_into(*output);
  LineReader reader(0);
  write(pipe, "prompt> ");
  output->drain();
  std::string rest;
  bool is_whole = true;
  ASSERT_TRUE(reader
                  .read_rest(*output,
                             [&](const Line& line) {
                               rest = line.text;
                               is_whole = line.is_whole;
                               return true;
                             })
                  .has_value());
  EXPECT_EQ("prompt> ", rest);
  EXPECT_FALSE(is_whole);
  EXPECT_EQ(output->end(), reader.offset());
}

TEST_F(OutputTest, AnEndlessLineComesInPieces) {
  const auto output = make({});
  const os::UniqueFd pipe = pipe_into(*output);
  for (int i = 0; i < 3; ++i) {
    write(pipe, std::string(60'000, 'x'));
    output->drain();
  }
  write(pipe, "\n");
  output->drain();
  LineReader reader(0);
  std::size_t bytes = 0;
  std::vector<bool> whole;
  ASSERT_TRUE(reader
                  .read(*output,
                        [&](const Line& line) {
                          bytes += line.text.size();
                          whole.push_back(line.is_whole);
                          return true;
                        })
                  .has_value());
  EXPECT_EQ(180'000U, bytes);
  EXPECT_EQ((std::vector<bool>{false, false, true}), whole);
}

TEST_F(OutputTest, AReaderMayPauseBehindAnyLine) {
  const auto output = make({});
  const os::UniqueFd pipe = pipe_into(*output);
  write(pipe, "one\ntwo\n");
  output->drain();
  LineReader reader(0);
  ASSERT_TRUE(reader.read(*output, [](const Line&) { return false; }).has_value());
  EXPECT_EQ((std::vector<std::string>{"two"}), lines_of(*output, reader));
}

TEST_F(OutputTest, FindsTheLastLines) {
  const auto output = make({});
  const os::UniqueFd pipe = pipe_into(*output);
  EXPECT_EQ(0U, offset_of_last_lines(*output, 3).value());
  write(pipe, "one\ntwo\nthree\n");
  output->drain();
  EXPECT_EQ(14U, offset_of_last_lines(*output, 0).value());
  EXPECT_EQ(8U, offset_of_last_lines(*output, 1).value());
  EXPECT_EQ(4U, offset_of_last_lines(*output, 2).value());
  EXPECT_EQ(0U, offset_of_last_lines(*output, 9).value());
  write(pipe, "partial");
  output->drain();
  EXPECT_EQ(14U, offset_of_last_lines(*output, 1).value());
  for (int i = 0; i < 20; ++i) {
    write(pipe, std::string(3000, 'x') + "\n");
    output->drain();
  }
  EXPECT_EQ(output->end() - 3001 * 10, offset_of_last_lines(*output, 10).value());
}

TEST_F(OutputTest, MayBeDestroyedWhileAPipeIsReadable) {
  auto output = make({});
  const os::UniqueFd pipe = pipe_into(*output);
  write(pipe, "x");
  output.reset();
  run_some_turns();
  EXPECT_EQ(0, grown_);
}

}  // namespace
}  // namespace gaffer::stream
