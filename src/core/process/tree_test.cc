#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/process/local_launcher.h"
#include "core/process/process.h"
#include "os/descendants.h"
#include "support/loop_fixture.h"
#include "support/marked.h"
#include "support/programs.h"
#include "support/stream_fixture.h"

namespace gaffer {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

/// Processes whose descendants leave the group. Who is left is found by a variable that gaffer does
/// not know.
class TreeTest : public test::LoopTest {
 protected:
  static std::string unique(const std::string& name) {
    return name + "=" + std::to_string(::getpid()) + "-" +
           testing::UnitTest::GetInstance()->current_test_info()->name();
  }

  os::SpawnPlan plan(std::vector<std::string> verbs) const {
    verbs.insert(verbs.begin(), test::puppet());
    return {.argv = std::move(verbs),
            .environment = {mark_, unique(std::string(os::kTreeVariable))}};
  }
  void start(std::vector<std::string> verbs, std::shared_ptr<const os::Cgroup> cgroup = nullptr) {
    start_plan(plan(std::move(verbs)), std::move(cgroup));
  }
  void start_plan(os::SpawnPlan plan, std::shared_ptr<const os::Cgroup> cgroup = nullptr) {
    auto started = Process::start(
        loop_, *launcher_, std::move(plan), {.output = &output_.output, .errors = &output_.output},
        [this](ExitStatus status) {
          gone_ = status;
          left_when_gone_ = left();
        },
        std::move(cgroup));
    ASSERT_TRUE(started.has_value()) << started.error().message;
    process_ = std::move(*started);
  }

  [[nodiscard]] std::vector<pid_t> left() const { return test::marked_by(mark_); }
  std::string said() { return output_.text(); }
  bool wait_until_said(const std::string& text) {
    return run_until([&] { return said().find(text) != std::string::npos; });
  }
  bool wait_until_gone() {
    return run_until([&] { return gone_.has_value(); });
  }
  void TearDown() override {
    process_.reset();
    launcher_.reset();
    EXPECT_TRUE(run_until([this] { return left().empty(); }));
    for (const pid_t pid : left())
      ::kill(pid, SIGKILL);
  }

  // NOLINTBEGIN
  const std::string mark_ = unique("GAFFER_TEST_MARK");
  const std::vector<pid_t> nobody_{};
  std::unique_ptr<LocalLauncher> launcher_ = std::move(LocalLauncher::create(loop_).value());
  test::MemoryOutput output_{loop_};
  std::optional<ExitStatus> gone_;
  std::vector<pid_t> left_when_gone_;
  std::unique_ptr<Process> process_;
  // NOLINTEND
};

TEST_F(TreeTest, AStopFindsADaemonOfTheProcess) {
  start({"daemon", "plain", "print", "ready", "sleep"});
  ASSERT_TRUE(wait_until_said("ready"));
  ASSERT_EQ(2U, left().size());
  EXPECT_TRUE(process_->stop(SIGTERM, hours(1)).has_value());
  ASSERT_TRUE(wait_until_gone());
  EXPECT_EQ(nobody_, left_when_gone_);
  EXPECT_EQ(ExitStatus{.signal = SIGTERM}, gone_);
}

TEST_F(TreeTest, ADaemonOfTheProcessIsGivenTheTimeToCleanUp) {
  start({"daemon", "slow", "print", "ready", "sleep"});
  ASSERT_TRUE(wait_until_said("ready"));
  EXPECT_TRUE(process_->stop(SIGTERM, hours(1)).has_value());
  ASSERT_TRUE(wait_until_gone());
  EXPECT_EQ(nobody_, left_when_gone_);
  EXPECT_NE(std::string::npos, said().find("cleaned up"));
}

TEST_F(TreeTest, AStubbornDaemonIsKilledWhenTheTimeIsOver) {
  start({"daemon", "stubborn", "daemon", "stubborn", "print", "ready", "sleep"});
  ASSERT_TRUE(wait_until_said("ready"));
  EXPECT_TRUE(process_->stop(SIGTERM, milliseconds(30)).has_value());
  ASSERT_TRUE(wait_until_gone());
  EXPECT_EQ(nobody_, left_when_gone_);
}

TEST_F(TreeTest, AKillFindsADaemonOfTheProcess) {
  start({"daemon", "stubborn", "print", "ready", "sleep"});
  ASSERT_TRUE(wait_until_said("ready"));
  EXPECT_TRUE(process_->kill().has_value());
  ASSERT_TRUE(wait_until_gone());
  EXPECT_EQ(nobody_, left_when_gone_);
}

TEST_F(TreeTest, AChildThatForgotTheEnvironmentIsRememberedByItsParent) {
  start({"stray", mark_, "print", "ready", "sleep"});
  ASSERT_TRUE(wait_until_said("ready"));
  EXPECT_TRUE(process_->stop(SIGTERM, hours(1)).has_value());
  ASSERT_TRUE(wait_until_gone());
  EXPECT_EQ(nobody_, left_when_gone_);
}

TEST_F(TreeTest, WhatACrashLeavesIsKilledAfterwards) {
  start({"daemon", "stubborn", "print", "ready", "exit", "1"});
  ASSERT_TRUE(wait_until_gone());
  EXPECT_EQ(1U, left_when_gone_.size());  // It was not waited for.
  process_.reset();
  EXPECT_TRUE(run_until([this] { return left().empty(); }));
}

TEST_F(TreeTest, WhatACrashLeavesIsKilledBeforeTheLauncherIsGone) {
  start({"daemon", "stubborn", "print", "ready", "exit", "1"});
  ASSERT_TRUE(wait_until_gone());
  process_.reset();
  launcher_.reset();
  EXPECT_TRUE(run_until([this] { return left().empty(); }));
}

TEST_F(TreeTest, DestroyingItEndsItsDaemonsToo) {
  start({"daemon", "stubborn", "stray", mark_, "print", "ready", "sleep"});
  ASSERT_TRUE(wait_until_said("ready"));
  ASSERT_EQ(3U, left().size());
  process_.reset();
  EXPECT_TRUE(run_until([this] { return left().empty(); }));
}

TEST_F(TreeTest, ABombOfSessionsIsKilledWhileTheLoopTurns) {
  start({"bomb", "500"});
  ASSERT_TRUE(wait_until_said("full"));
  EXPECT_TRUE(process_->stop(SIGKILL, milliseconds(1)).has_value());
  int turns = 0;
  uv::Timer ticker(loop_);
  const std::function<void()> tick = [&] {
    ++turns;
    ticker.start(milliseconds(1), tick);
  };
  tick();
  ASSERT_TRUE(wait_until_gone());
  EXPECT_EQ(nobody_, left_when_gone_);
  EXPECT_GT(turns, 3);
}

TEST_F(TreeTest, ASuspendedOneRunsItsHandlerBeforeItEnds) {
  start({"clean-up-on-term", "1", "print", "ready", "stop-self", "sleep"});
  ASSERT_TRUE(wait_until_said("ready"));
  EXPECT_TRUE(process_->stop(SIGTERM, hours(1)).has_value());
  ASSERT_TRUE(wait_until_gone());
  EXPECT_EQ(ExitStatus{.code = 7}, gone_);
  EXPECT_NE(std::string::npos, said().find("cleaned up"));
}

TEST_F(TreeTest, OneWithoutAMarkLeavesOthersAlone) {
  start_plan({.argv = {test::puppet(), "daemon", "plain", "exit", "0"}, .environment = {mark_}});
  ASSERT_TRUE(wait_until_gone());
  process_.reset();
  launcher_.reset();
  ASSERT_EQ(1U, left().size());
  ::kill(left().front(), SIGKILL);
}

TEST_F(TreeTest, ACgroupHoldsWhoForgotEverything) {
  const auto parent = os::own_cgroup_directory();
  if (!parent) GTEST_SKIP() << parent.error().message;
  auto made = os::Cgroup::create(*parent, "gaffer-test-" + std::to_string(::getpid()));
  if (!made) GTEST_SKIP() << made.error().message;
  const auto cgroup = std::make_shared<const os::Cgroup>(std::move(*made));
  os::SpawnPlan unmarked = plan({"daemon", "stubborn", "print", "ready", "sleep"});
  unmarked.environment.pop_back();
  start_plan(std::move(unmarked), cgroup);
  ASSERT_TRUE(wait_until_said("ready"));
  EXPECT_TRUE(process_->stop(SIGTERM, milliseconds(30)).has_value());
  ASSERT_TRUE(wait_until_gone());
  EXPECT_EQ(nobody_, left_when_gone_);
}

TEST_F(TreeTest, OneThatWasLetGoOutlivesTheLauncher) {
  start({"print", "ready", "sleep"});
  ASSERT_TRUE(wait_until_said("ready"));
  process_->let_go();
  const pid_t pid = process_->os_pid();
  process_.reset();
  launcher_.reset();
  EXPECT_EQ(std::vector<pid_t>{pid}, left());
  ::kill(pid, SIGKILL);
  EXPECT_EQ(pid, ::waitpid(pid, nullptr, 0));
}

TEST_F(TreeTest, OneThatWasLetGoIsReapedAsLongAsTheLauncherLives) {
  start({"print", "ready", "sleep"});
  ASSERT_TRUE(wait_until_said("ready"));
  process_->let_go();
  const pid_t pid = process_->os_pid();
  process_.reset();
  ::kill(pid, SIGKILL);
  EXPECT_TRUE(run_until([&] { return !os::read_proc_stat(pid); }));
}

TEST_F(TreeTest, OneThatWasLetGoTellsItsEndAndTakesNobodyAlong) {
  start({"fork-and-hold", "plain", "print", "ready", "exit", "3"});
  process_->let_go();
  ASSERT_TRUE(wait_until_gone());
  EXPECT_EQ(ExitStatus{.code = 3}, gone_);
  process_.reset();
  launcher_.reset();
  ASSERT_EQ(1U, left().size());
  ::kill(left().front(), SIGKILL);
}

TEST_F(TreeTest, OneThatWasLetGoCanBeStopped) {
  start({"daemon", "plain", "print", "ready", "sleep"});
  process_->let_go();
  ASSERT_TRUE(wait_until_said("ready"));
  EXPECT_TRUE(process_->stop(SIGTERM, hours(1)).has_value());
  ASSERT_TRUE(wait_until_gone());
  EXPECT_EQ(nobody_, left_when_gone_);
}

volatile sig_atomic_t children_of_the_host = 0;

TEST_F(TreeTest, AHostReapsItsOwnChildrenBesideOurs) {
  constexpr int kEach = 100;
  using Action = struct sigaction;
  Action reap_own{};
  Action before{};
  // As a host that knows its own children would: it asks for each of them.
  reap_own.sa_handler = [](int) { children_of_the_host = 1; };
  reap_own.sa_flags = SA_RESTART;
  ASSERT_EQ(0, ::sigaction(SIGCHLD, &reap_own, &before));
  std::vector<pid_t> own;
  std::vector<std::unique_ptr<Process>> ours;
  int ended = 0;
  for (int number = 0; number < kEach; ++number) {
    ours.push_back(std::move(
        Process::start(loop_, *launcher_, plan({"exit", "3"}), {}, [&](ExitStatus status) {
          if (status == ExitStatus{.code = 3}) ++ended;
        }).value()));
    own.push_back(::fork());
    if (own.back() == 0) ::_exit(4);
  }
  int reaped = 0;
  for (const pid_t pid : own) {
    int status = 0;
    if (::waitpid(pid, &status, 0) == pid && WEXITSTATUS(status) == 4) ++reaped;
  }
  EXPECT_TRUE(run_until([&] { return ended == kEach; }));
  EXPECT_EQ(kEach, reaped);
  EXPECT_EQ(1, children_of_the_host);
  ::sigaction(SIGCHLD, &before, nullptr);
  ours.clear();
  EXPECT_EQ(-1, ::waitpid(-1, nullptr, WNOHANG));  // Nobody is left, of neither.
}

}  // namespace
}  // namespace gaffer
