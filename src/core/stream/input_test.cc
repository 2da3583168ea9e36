#include "core/stream/input.h"

#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <map>
#include <thread>
#include <vector>

#include "base/strings.h"
#include "os/files.h"
#include "os/terminal.h"
#include "support/loop_fixture.h"

namespace gaffer::stream {
namespace {

/// Reads the other end of an input from a loop's turn to turn, as fast as is wanted.
class InputTest : public test::LoopTest {
 protected:
  InputTest() { make(std::move(pipe_.write), Input::Kind::Pipe); }

  void make(os::UniqueFd ours, Input::Kind kind) {
    input_ = std::move(Input::create(loop_, std::move(ours), kind).value());
    writer_.emplace(input_->writer());
  }

  /// What the kernel has for the reader now; "(end)" behind it at the end.
  static std::string read_now(int fd) {
    std::string all;
    std::array<char, 16384> buffer{};
    while (os::pipe_state(fd) != os::PipeState::Empty) {
      const ssize_t got = ::read(fd, buffer.data(), buffer.size());
      if (got <= 0) return all + "(end)";
      all.append(buffer.data(), static_cast<std::size_t>(got));
    }
    return all;
  }
  /// What comes until the text ends so.
  std::string read_until(int fd, std::string_view last) {
    std::string all;
    EXPECT_TRUE(run_until([&] {
      if (all.ends_with(last)) return true;
      loop_.poll();
      all += read_now(fd);
      tick();
      return all.ends_with(last);
    })) << all.substr(0, 200);
    return all;
  }
  [[nodiscard]] int reader() const { return pipe_.read.get(); }
  static std::string repeat(std::size_t bytes) {
    std::string text;
    text.resize(bytes, 'x');
    return text;
  }

  // NOLINTBEGIN(cppcoreguidelines-non-private-member-variables-in-classes)
  os::Pipe pipe_ = std::move(os::make_input_pipe().value());
  std::unique_ptr<Input> input_;
  std::optional<InputWriter> writer_;
  // NOLINTEND(cppcoreguidelines-non-private-member-variables-in-classes)

 private:
  // Lets run_once return soon although nothing happens on the loop itself.
  void tick() {
    tick_.start(std::chrono::milliseconds(1), [] {});
  }
  uv::Timer tick_{loop_};
};

TEST_F(InputTest, IsReadAsItWasWritten) {
  EXPECT_TRUE(writer_->write("one\n"));
  EXPECT_TRUE(writer_->write_lines(std::vector<std::string>{"two\n", "three", "\n"}));
  EXPECT_EQ("one\ntwo\nthree\n", read_until(reader(), "three\n"));
  EXPECT_EQ(0U, writer_->queued());
}

TEST_F(InputTest, WaitsInTheQueueForASlowReader) {
  const std::string much = repeat(kMaxQueuedInput - 4);
  ASSERT_TRUE(writer_->write(much));
  EXPECT_LT(kMaxQueuedInput / 2, writer_->queued());
  ASSERT_TRUE(writer_->write("end\n"));
  EXPECT_EQ(much + "end\n", read_until(reader(), "end\n"));
  EXPECT_EQ(0U, writer_->queued());
}

TEST_F(InputTest, IsRefusedAsAWholeWhenTheQueueIsFull) {
  while (writer_->write(repeat(1000))) {
  }
  const std::size_t full = writer_->queued();
  EXPECT_LE(full, kMaxQueuedInput);
  EXPECT_GT(full + 1000, kMaxQueuedInput);
  const auto refused = writer_->write(repeat(1000));
  EXPECT_EQ(Errc::LimitReached, refused.error().code);
  EXPECT_EQ("cannot write 1000 bytes: the process has " + std::to_string(full) +
                " still to read, and at most 1048576 may wait",
            refused.error().message);
  EXPECT_EQ(full, writer_->queued());
  EXPECT_EQ(Errc::LimitReached, writer_->write(repeat(kMaxQueuedInput + 1)).error().code);

  // It takes more as soon as the process reads.
  EXPECT_TRUE(run_until([&] {
    read_now(reader());
    return writer_->queued() + 1000 <= kMaxQueuedInput;
  }));
  EXPECT_TRUE(writer_->write(repeat(1000)));
}

TEST_F(InputTest, MoreThanTheQueueHoldsIsRefusedAlsoWhenNothingWaits) {
  EXPECT_EQ(Errc::LimitReached, writer_->write(repeat(kMaxQueuedInput + 1)).error().code);
  EXPECT_EQ("", read_now(reader()));
}

TEST_F(InputTest, EndsBehindAllThatWasWritten) {
  const std::string much = repeat(kMaxQueuedInput);
  ASSERT_TRUE(writer_->write(much));
  ASSERT_TRUE(writer_->close());
  EXPECT_EQ("cannot write: the input has been closed", writer_->write("x").error().message);
  EXPECT_EQ("cannot write: the input has been closed", writer_->close().error().message);
  EXPECT_EQ(much + "(end)", read_until(reader(), "(end)"));
  EXPECT_EQ("cannot write: the input has been closed", writer_->write("x").error().message);
}

TEST_F(InputTest, EndsAtOnceWhenNothingWaits) {
  ASSERT_TRUE(writer_->close());
  EXPECT_EQ("(end)", read_until(reader(), "(end)"));
}

TEST_F(InputTest, IsSaidToBeClosedForWhoElseHoldsIt) {
  bool is_closed = false;
  input_->set_on_closed([&] { is_closed = true; });
  ASSERT_TRUE(writer_->close());
  EXPECT_TRUE(run_until([&] { return is_closed; }));
}

TEST_F(InputTest, OfAProcessThatReadsNoMoreIsRefused) {
  ASSERT_NE(SIG_ERR, ::signal(SIGPIPE, SIG_DFL));
  pipe_.read.reset();
  const auto refused = writer_->write("x");
  EXPECT_EQ(Errc::NotRunning, refused.error().code);
  EXPECT_EQ("cannot write: the process reads its input no more", refused.error().message);
}

TEST_F(InputTest, IsGivenUpWhenTheProcessDiesWithAFullQueue) {
  while (writer_->write(repeat(100'000))) {
  }
  run_some_turns();
  pipe_.read.reset();
  EXPECT_TRUE(run_until([&] { return writer_->queued() == 0; }));
  EXPECT_EQ("cannot write: the process reads its input no more",
            writer_->write("x").error().message);
}

TEST_F(InputTest, MayBeDestroyedWithAFullQueueAndItsWritersAreTold) {
  while (writer_->write(repeat(100'000))) {
  }
  input_.reset();
  EXPECT_EQ("cannot write: the process is gone", writer_->write("x").error().message);
  EXPECT_EQ("cannot write: the process is gone", writer_->close().error().message);
  EXPECT_EQ(0U, writer_->queued());
  EXPECT_TRUE(read_now(reader()).ends_with("(end)"));
}

TEST_F(InputTest, OfAProcessThatNeverReadsCostsNoTurnOfTheLoop) {
  while (writer_->write(repeat(1000))) {
  }
  run_some_turns();
  uv::Timer timer(loop_);
  bool is_over = false;
  timer.start(std::chrono::milliseconds(50), [&] { is_over = true; });
  int turns = 0;
  while (!is_over) {
    loop_.run_once();
    ++turns;
  }
  EXPECT_GE(3, turns);
}

TEST_F(InputTest, HasEachLineOfManyThreadsWholeAndInOrder) {
  constexpr int kThreads = 16;
  constexpr int kLines = 10'000;
  std::vector<std::thread> threads;
  threads.reserve(kThreads);
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([writer = *writer_, thread] {
      const std::string filler(static_cast<std::size_t>(thread) * 7, 'a');
      for (int number = 0; number < kLines;) {
        const std::string line =
            std::to_string(thread) + " " + std::to_string(number) + " " + filler + "\n";
        // One line at once, or in two pieces that belong together.
        const auto half = static_cast<std::ptrdiff_t>(line.size() / 2);
        const std::vector<std::string> pieces = {{line.begin(), line.begin() + half},
                                                 {line.begin() + half, line.end()}};
        const auto written = number % 2 == 0 ? writer.write(line) : writer.write_lines(pieces);
        if (written) {
          ++number;
        } else {
          std::this_thread::yield();  // Full: it will be read.
        }
      }
    });
  }
  std::string all;
  long lines = 0;
  std::map<int, int> next;
  int torn = 0;
  EXPECT_TRUE(run_until([&] {
    if (lines == long{kThreads} * kLines) return true;
    all += read_now(reader());
    const auto end = all.rfind('\n');
    if (end == std::string::npos) return false;
    for (const std::string_view line : split(std::string_view(all).substr(0, end), '\n')) {
      const auto words = split(line, ' ');
      const auto thread = parse_number<int>(words.front());
      const bool is_whole = thread && words.size() == 3 && *thread < kThreads &&
                            words[1] == std::to_string(next[*thread]) &&
                            words[2].size() == static_cast<std::size_t>(*thread) * 7;
      if (!is_whole) ++torn;
      if (thread) ++next[*thread];
      ++lines;
    }
    all.erase(0, end + 1);
    return lines == long{kThreads} * kLines;
  })) << lines;
  for (std::thread& thread : threads)
    thread.join();
  EXPECT_EQ(0, torn);
  EXPECT_EQ(0U, writer_->queued());
}

TEST_F(InputTest, OfASocketEndsAndCanStillBeReadFrom) {
  std::array<int, 2> ends{};
  ASSERT_EQ(0, ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends.data()));
  const os::UniqueFd theirs(ends[1]);
  const os::UniqueFd ours = std::move(os::duplicate(ends[0]).value());
  make(os::UniqueFd(ends[0]), Input::Kind::Socket);
  ASSERT_TRUE(writer_->write("question"));
  ASSERT_TRUE(writer_->close());
  EXPECT_EQ("question(end)", read_until(theirs.get(), "(end)"));
  ASSERT_EQ(6, ::write(theirs.get(), "answer", 6));
  EXPECT_EQ("answer", read_now(ours.get()));
}

class TerminalInput : public InputTest {
 protected:
  TerminalInput() { make(std::move(terminal_.master), Input::Kind::Terminal); }
  os::Terminal terminal_ = std::move(os::open_terminal({}).value());  // NOLINT
};

TEST_F(TerminalInput, IsReadLineByLine) {
  ASSERT_TRUE(writer_->write("one\ntwo\n"));
  EXPECT_EQ("one\ntwo\n", read_until(terminal_.slave.get(), "two\n"));
}

TEST_F(TerminalInput, EndsBehindTheLastLineAlsoOneThatIsNotComplete) {
  ASSERT_TRUE(writer_->write("one\ntwo"));
  ASSERT_TRUE(writer_->close());
  EXPECT_EQ("one\ntwo(end)", read_until(terminal_.slave.get(), "(end)"));
  EXPECT_EQ("cannot write: the input has been closed", writer_->write("x").error().message);
}

TEST_F(TerminalInput, EndsAtOnceAtTheBeginningOfALine) {
  ASSERT_TRUE(writer_->close());
  EXPECT_EQ("(end)", read_until(terminal_.slave.get(), "(end)"));
  EXPECT_EQ("", read_now(terminal_.slave.get())) << "one end is enough";
}

TEST_F(TerminalInput, IsGivenUpWhenNobodyHasTheTerminalAnyMore) {
  while (writer_->write(repeat(999) + "\n")) {
  }
  run_some_turns();
  terminal_.slave.reset();
  EXPECT_TRUE(run_until([&] { return writer_->queued() == 0; }));
  EXPECT_EQ("cannot write: the process reads its input no more",
            writer_->write("x").error().message);
}

TEST_F(InputTest, OfAPipeHasNoSize) {
  EXPECT_EQ("it does not run in a terminal", input_->resize({}).error().message);
}

}  // namespace
}  // namespace gaffer::stream
