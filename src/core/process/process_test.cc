#include "core/process/process.h"

#include <signal.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "core/process/local_launcher.h"
#include "os/proc_fs.h"
#include "support/fake_launcher.h"
#include "support/loop_fixture.h"
#include "support/programs.h"
#include "support/stream_fixture.h"

namespace gaffer {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

class ProcessTest : public test::LoopTest {
 protected:
  Result<void> try_start(std::vector<std::string> verbs) {
    verbs.insert(verbs.begin(), test::puppet());
    auto started = Process::start(loop_, *launcher_, {.argv = std::move(verbs)},
                                  {.output = &output_.output, .errors = &output_.output},
                                  [this](ExitStatus status) {
                                    gone_ = status;
                                    said_before_gone_ = said();
                                  });
    if (!started) return std::move(started).error();
    process_ = std::move(*started);
    return {};
  }
  void start(std::vector<std::string> verbs) {
    ASSERT_TRUE(try_start(std::move(verbs)).has_value());
  }

  std::string said() { return output_.text(); }
  bool wait_until_said(const std::string& text) {
    return run_until([&] { return said().find(text) != std::string::npos; });
  }
  bool wait_until_gone() {
    return run_until([&] { return gone_.has_value(); });
  }

  // NOLINTBEGIN
  std::unique_ptr<LocalLauncher> launcher_ = std::move(LocalLauncher::create(loop_).value());
  test::MemoryOutput output_{loop_};
  std::optional<ExitStatus> gone_;
  std::string said_before_gone_;
  std::unique_ptr<Process> process_;
  // NOLINTEND
};

TEST_F(ProcessTest, TellsItsEndAfterItsLastWords) {
  start({"spam", "60KB", "print-error", "last", "exit", "3"});
  ASSERT_TRUE(wait_until_gone());
  EXPECT_EQ(ExitStatus{.code = 3}, gone_);
  EXPECT_EQ(614 * 100 + 100 + 5, static_cast<int>(said_before_gone_.size()));
  EXPECT_EQ("last\n", said_before_gone_.substr(said_before_gone_.size() - 5));
}

TEST_F(ProcessTest, AProgramThatCannotRunIsAnErrorAtOnce) {
  auto started =
      Process::start(loop_, *launcher_, {.argv = {"/no/such"}}, {}, [](ExitStatus) { FAIL(); });
  EXPECT_EQ("cannot execute /no/such: no such file or directory", started.error().message);
  run_some_turns();
}

TEST_F(ProcessTest, StopsWhenAsked) {
  start({"print", "ready", "sleep"});
  ASSERT_TRUE(wait_until_said("ready"));
  EXPECT_TRUE(process_->stop(SIGTERM, hours(1)).has_value());
  ASSERT_TRUE(wait_until_gone());
  EXPECT_EQ(ExitStatus{.signal = SIGTERM}, gone_);
}

TEST_F(ProcessTest, IsGivenTheTimeToCleanUp) {
  start({"clean-up-on-term", "50", "print", "ready", "sleep"});
  ASSERT_TRUE(wait_until_said("ready"));
  EXPECT_TRUE(process_->stop(SIGTERM, hours(1)).has_value());
  ASSERT_TRUE(wait_until_gone());
  EXPECT_EQ(ExitStatus{.code = 7}, gone_);
  EXPECT_NE(std::string::npos, said_before_gone_.find("cleaned up"));
}

TEST_F(ProcessTest, IsKilledWhenItIgnoresBeingAsked) {
  start({"ignore-term", "print", "ready", "sleep"});
  ASSERT_TRUE(wait_until_said("ready"));
  EXPECT_TRUE(process_->stop(SIGTERM, milliseconds(20)).has_value());
  ASSERT_TRUE(wait_until_gone());
  EXPECT_EQ(ExitStatus{.signal = SIGKILL}, gone_);
}

TEST_F(ProcessTest, IsStoppedAlsoWhileItIsSuspended) {
  start({"print", "ready", "stop-self", "sleep"});
  ASSERT_TRUE(wait_until_said("ready"));
  EXPECT_TRUE(process_->stop(SIGTERM, hours(1)).has_value());
  ASSERT_TRUE(wait_until_gone());
  EXPECT_EQ(ExitStatus{.signal = SIGTERM}, gone_);
}

TEST_F(ProcessTest, ALeaderThatEndsByItselfTakesItsGroupAlong) {
  start({"fork-and-hold", "stubborn", "print", "ready", "exit", "1"});
  const pid_t group = process_->os_pid();
  ASSERT_TRUE(wait_until_gone());
  EXPECT_EQ(ExitStatus{.code = 1}, gone_);
  EXPECT_EQ(0, os::living_member(group).value());
}

TEST_F(ProcessTest, ALeaderThatWasAskedToStopLeavesTheOthersTheirTime) {
  // As `sh -c` does: the leader obeys at once, the worker needs a moment.
  start({"fork-and-hold", "slow", "print", "ready", "sleep"});
  ASSERT_TRUE(wait_until_said("ready"));
  EXPECT_TRUE(process_->stop(SIGTERM, hours(1)).has_value());
  ASSERT_TRUE(wait_until_gone());
  EXPECT_NE(std::string::npos, said_before_gone_.find("cleaned up"));
}

TEST_F(ProcessTest, StubbornOnesOfItsGroupAreKilledWhenTheTimeIsOver) {
  start({"fork-and-hold", "stubborn", "print", "ready", "sleep"});
  const pid_t group = process_->os_pid();
  ASSERT_TRUE(wait_until_said("ready"));
  EXPECT_TRUE(process_->stop(SIGTERM, milliseconds(30)).has_value());
  ASSERT_TRUE(wait_until_gone());
  EXPECT_EQ(0, os::living_member(group).value());
}

TEST_F(ProcessTest, WhatAnEscapedGrandchildWritesLaterIsStillKept) {
  start({"fork-and-hold", "escape", "exit", "0"});
  ASSERT_TRUE(wait_until_gone());
  process_.reset();
  EXPECT_TRUE(wait_until_said("escaped"));
}

TEST_F(ProcessTest, DestroyingItEndsItsGroupAndTellsNobody) {
  start({"fork-and-hold", "stubborn", "print", "ready", "sleep"});
  const pid_t group = process_->os_pid();
  ASSERT_TRUE(wait_until_said("ready"));
  process_.reset();
  EXPECT_TRUE(run_until([&] { return os::living_member(group).value() == 0; }));
  EXPECT_EQ(std::nullopt, gone_);
}

TEST_F(ProcessTest, MayBeDestroyedWhenItTellsItsEnd) {
  std::unique_ptr<Process> process;
  bool told = false;
  process = std::move(Process::start(loop_, *launcher_, {.argv = {test::puppet(), "exit", "0"}}, {},
                                     [&](ExitStatus) {
                                       process.reset();
                                       told = true;
                                     })
                          .value());
  EXPECT_TRUE(run_until([&] { return told; }));
}

class StreamsTest : public ProcessTest {
 protected:
  void start_with(ProcessStreams streams, std::vector<std::string> verbs) {
    verbs.insert(verbs.begin(), test::puppet());
    auto started = Process::start(loop_, *launcher_, {.argv = std::move(verbs)}, std::move(streams),
                                  [this](ExitStatus status) { gone_ = status; });
    ASSERT_TRUE(started.has_value()) << started.error().message;
    process_ = std::move(*started);
  }
  void type(std::string_view text) {
    EXPECT_TRUE(process_->input()->writer().write(text).has_value());
  }
};

TEST_F(StreamsTest, ErrorsMayGoElsewhere) {
  test::MemoryOutput errors(loop_);
  start_with({.output = &output_.output, .errors = &errors.output},
             {"print", "out", "print-error", "err"});
  ASSERT_TRUE(wait_until_gone());
  EXPECT_EQ("out\n", said());
  EXPECT_EQ(4U, errors.output.view().end);
}

TEST_F(StreamsTest, WhatLeadsNowhereIsNotKept) {
  start_with({.errors = &output_.output}, {"print", "out", "print-error", "err"});
  ASSERT_TRUE(wait_until_gone());
  EXPECT_EQ("err\n", said());
  EXPECT_EQ(nullptr, process_->input());
}

TEST_F(StreamsTest, AnInputIsWrittenToUntilItIsClosed) {
  start_with({.output = &output_.output, .has_input = true}, {"echo-stdin", "exit", "3"});
  type("one\n");
  ASSERT_TRUE(wait_until_said("one"));
  type("two\n");
  EXPECT_TRUE(process_->input()->writer().close().has_value());
  ASSERT_TRUE(wait_until_gone());
  EXPECT_EQ(ExitStatus{.code = 3}, gone_);
  EXPECT_EQ("one\ntwo\n", said());
}

TEST_F(StreamsTest, ATerminalIsAllThreeAndItsEndIsTheProcesss) {
  start_with({.output = &output_.output, .terminal = TerminalSize{.rows = 10, .columns = 40}},
             {"print", "out", "print-error", "err", "echo-stdin"});
  ASSERT_TRUE(wait_until_said("err"));
  type("typed\n");
  EXPECT_TRUE(process_->input()->writer().close().has_value());
  ASSERT_TRUE(wait_until_gone());
  EXPECT_EQ(ExitStatus{.code = 0}, gone_);
  // What is typed is shown once by the terminal and once by the puppet.
  EXPECT_EQ("out\r\nerr\r\ntyped\r\ntyped\r\n", said());
}

TEST_F(StreamsTest, FurtherOnesAreWrittenToAndRead) {
  test::MemoryOutput control(loop_);
  test::MemoryOutput events(loop_);
  start_with({.output = &output_.output, .further = {&control.output, &events.output}},
             {"echo", "3", "4"});
  ASSERT_EQ(2U, process_->further_inputs().size());
  EXPECT_TRUE(process_->further_inputs()[0]->writer().write("question\n").has_value());
  EXPECT_TRUE(run_until([&] { return events.output.view().end == 9; }));
  EXPECT_TRUE(process_->further_inputs()[0]->writer().close().has_value());
  ASSERT_TRUE(wait_until_gone());
  EXPECT_EQ(9U, events.output.view().end);
  EXPECT_EQ(0U, control.output.view().end);
}

// A socket's end says first that something was left unread, and only then has the last words.
TEST_F(StreamsTest, TheLastWordsOfAFurtherOneAreThereAlsoWhereSomethingIsLeftUnread) {
  test::MemoryOutput control(loop_);
  start_with({.output = &output_.output, .further = {&control.output}}, {"echo-one", "3", "3"});
  EXPECT_TRUE(process_->further_inputs()[0]->writer().write("xy").has_value());
  ASSERT_TRUE(wait_until_gone());
  EXPECT_EQ(1U, control.output.view().end);
  EXPECT_EQ("", control.output.problem());
}

TEST_F(StreamsTest, ATerminalLosesNothingOfMuch) {
  start_with({.output = &output_.output, .terminal = TerminalSize{}}, {"spam", "1M"});
  ASSERT_TRUE(wait_until_gone());
  EXPECT_TRUE(run_until([this] { return output_.output.view().end >= 10486 * 101; }));
  EXPECT_EQ(10486U * 101, output_.output.view().end);  // A newline is two bytes in a terminal.
}

TEST_F(StreamsTest, ThoseOfATerminalAreStopped) {
  start_with({.output = &output_.output, .terminal = TerminalSize{}}, {"print", "ready", "sleep"});
  ASSERT_TRUE(wait_until_said("ready"));
  EXPECT_TRUE(process_->stop(SIGTERM, hours(1)).has_value());
  ASSERT_TRUE(wait_until_gone());
  EXPECT_EQ(ExitStatus{.signal = SIGTERM}, gone_);
}

TEST(ProcessSignals, AskingTwiceKeepsTheFirstDeadlineAndSignalsOnce) {
  uv::Loop loop = std::move(uv::Loop::create().value());
  test::FakeLauncher launcher;
  test::MemoryOutput output(loop);
  const auto process = std::move(Process::start(loop, launcher, {.argv = {"fake"}},
                                                {.output = &output.output}, [](ExitStatus) {})
                                     .value());
  EXPECT_TRUE(process->stop(SIGTERM, hours(1)).has_value());
  EXPECT_TRUE(process->stop(SIGTERM, hours(1)).has_value());
  EXPECT_EQ((std::vector<std::pair<pid_t, int>>{{1001, SIGTERM}, {1001, SIGCONT}}),
            launcher.signals);
}

}  // namespace
}  // namespace gaffer
