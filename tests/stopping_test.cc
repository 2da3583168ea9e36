#include <csignal>
#include <string>
#include <vector>

#include "support/daemon.h"

namespace gaffer {
namespace {

using std::chrono::seconds;
using std::chrono::steady_clock;
using test::section;

class Stopping : public test::ProgramsTest {
 protected:
  /// Ten templates that each take a second to stop, and are ready to.
  void start_ten_slow_ones() {
    std::string ini;
    for (int number = 0; number < 10; ++number)
      ini += section("slow" + std::to_string(number), "clean-up-on-term 1000 print ready sleep");
    start_gafferd_with(ini);
    for (int number = 0; number < 10; ++number)
      ASSERT_TRUE(wait_until_logged("slow" + std::to_string(number), "ready"));
  }
};

// Far less than ten seconds, and far more than the one it takes.
constexpr seconds kSideBySide{6};

TEST_F(Stopping, WaitsUntilTheWholeGroupHasEnded) {
  start_gafferd_with(section("web", "fork-and-hold slow print ready sleep"));
  ASSERT_TRUE(wait_until_logged("web", "ready"));
  const pid_t group = process("web").os_pid;
  const test::Ended stop = gaffer({"stop", "web"});
  EXPECT_EQ(0, os::living_member(group).value());
  EXPECT_EQ("web: 1 stopped\n", stop.out);
  EXPECT_EQ(0, stop.status);
  EXPECT_EQ("ready\ncleaning up\ncleaned up\n", gaffer({"logs", "web"}).out);
}

TEST_F(Stopping, AStubbornOneIsKilledWhenItsTimeIsOver) {
  start_gafferd_with(section("web", "ignore-term fork-and-hold stubborn print ready sleep",
                             "graceful_timeout = 0.2"));
  ASSERT_TRUE(wait_until_logged("web", "ready"));
  const pid_t group = process("web").os_pid;
  EXPECT_EQ("web: 1 stopped\n", gaffer({"stop", "web"}).out);
  EXPECT_EQ(0, os::living_member(group).value());
  EXPECT_EQ("killed by SIGKILL", describe(process("web").last_exit.value().status));
}

TEST_F(Stopping, ASuspendedOneStopsToo) {
  start_gafferd_with(section("web", "print ready stop-self sleep"));
  ASSERT_TRUE(wait_until_logged("web", "ready"));
  EXPECT_EQ("web: 1 stopped\n", gaffer({"stop", "web"}).out);
  EXPECT_EQ("killed by SIGTERM", describe(process("web").last_exit.value().status));
}

TEST_F(Stopping, ASuspendedOneCleansUpFirst) {
  start_gafferd_with(section("web", "clean-up-on-term 1 print ready stop-self sleep"));
  ASSERT_TRUE(wait_until_logged("web", "ready"));
  EXPECT_EQ("web: 1 stopped\n", gaffer({"stop", "web"}).out);
  EXPECT_EQ("ready\ncleaning up\ncleaned up\n", gaffer({"logs", "web"}).out);
}

TEST_F(Stopping, FindsThoseThatMadeADaemonOfThemselves) {
  start_gafferd_with(section("web", "daemon plain daemon slow print ready sleep"));
  ASSERT_TRUE(wait_until_logged("web", "ready"));
  ASSERT_EQ(4U, marked().size());
  EXPECT_EQ("web: 1 stopped\n", gaffer({"stop", "web"}).out);
  EXPECT_EQ(std::vector<pid_t>{gafferd_->pid()}, marked());
}

TEST_F(Stopping, FindsADaemonWhoseFounderIsGone) {
  start_gafferd_with(section("web", "daemon stubborn exit 0", "restart = never"));
  ASSERT_TRUE(test::eventually([this] { return process("web").last_exit.has_value(); }));
  EXPECT_TRUE(test::eventually([this] { return marked() == std::vector<pid_t>{gafferd_->pid()}; }));
  EXPECT_EQ("web: 1 stopped\n", gaffer({"stop", "web"}).out);
}

TEST_F(Stopping, TheDaemonsOfAProcessEndWithGafferd) {
  start_gafferd_with(section("web", "daemon stubborn print ready sleep", "graceful_timeout = 0.1"));
  ASSERT_TRUE(wait_until_logged("web", "ready"));
  end_gafferd();
  EXPECT_EQ(std::vector<pid_t>(), marked());
}

TEST_F(Stopping, ABombIsEndedWhileOthersAreServed) {
  start_gafferd_with(section("bomb", "bomb 500", "graceful_timeout = 0.1") +
                     section("web", "print ready sleep"));
  ASSERT_TRUE(wait_until_logged("bomb", "full"));
  test::Program stop(command("gaffer", {"stop", "bomb"}));
  EXPECT_EQ(ProcessState::Running, process("web").state);
  EXPECT_EQ("bomb: 1 stopped\n", stop.wait_for_end().out);
  EXPECT_EQ(2U, marked().size());  // gafferd and web.
}

TEST_F(Stopping, OneThatKeepsCrashingStaysStopped) {
  start_gafferd_with(section("crash", "exit 1"));
  ASSERT_TRUE(test::eventually([this] { return process("crash").restarts >= 2; }));
  EXPECT_EQ("crash: 1 stopped\n", gaffer({"stop", "crash"}).out);
  EXPECT_EQ(std::nullopt, process("crash").next_start);
}

TEST_F(Stopping, AStoppedOneCanBeStartedAgain) {
  start_gafferd_with(section("web", "sleep", "numprocesses = 2"));
  const ProcessInfo before = process("web", 2);
  EXPECT_EQ("web: 2 stopped\n", gaffer({"stop", "web"}).out);
  EXPECT_EQ((std::vector<pid_t>{0, 0}), os_pids("web"));
  EXPECT_EQ("web: 2 running\n", gaffer({"start", "web"}).out);
  const ProcessInfo after = process("web", 2);
  EXPECT_NE(before.pid, after.pid);
  EXPECT_NE(before.os_pid, after.os_pid);
}

TEST_F(Stopping, StartingWhatRunsAndStoppingWhatRestsChangesNothing) {
  start_gafferd_with(section("web", "sleep"));
  const pid_t before = process("web").os_pid;
  EXPECT_EQ("web: 1 running\n", gaffer({"start", "web"}).out);
  EXPECT_EQ(before, process("web").os_pid);
  EXPECT_EQ("web: 1 stopped\n", gaffer({"stop", "web"}).out);
  EXPECT_EQ("web: 1 stopped\n", gaffer({"stop", "web"}).out);
}

TEST_F(Stopping, ARestartGivesEveryProcessANewPid) {
  start_gafferd_with(section("web", "sleep", "numprocesses = 2") + section("db", "sleep"));
  const auto before = os_pids("web");
  const auto others = os_pids("db");
  EXPECT_EQ("web: 2 running\n", gaffer({"restart", "web"}).out);
  const auto after = os_pids("web");
  EXPECT_NE(before.at(0), after.at(0));
  EXPECT_NE(before.at(1), after.at(1));
  EXPECT_EQ(others, os_pids("db"));
}

TEST_F(Stopping, AllMeansEveryTemplate) {
  start_gafferd_with(section("web", "sleep", "numprocesses = 2") + section("db", "sleep"));
  EXPECT_EQ("web: 2 stopped\ndb: 1 stopped\n", gaffer({"stop", "--all"}).out);
  EXPECT_EQ("web: 2 running\ndb: 1 running\n", gaffer({"start", "--all"}).out);
  EXPECT_EQ("web: 2 running\ndb: 1 running\n", gaffer({"restart", "--all"}).out);
}

TEST_F(Stopping, SeveralNamesAreStoppedInOneCommand) {
  start_gafferd_with(section("a", "sleep") + section("b", "sleep") + section("c", "sleep"));
  EXPECT_EQ("c: 1 stopped\na: 1 stopped\n", gaffer({"stop", "c", "a"}).out);
  EXPECT_EQ(ProcessState::Running, process("b").state);
}

TEST_F(Stopping, TenSlowOnesEndSideBySideWithTheDaemon) {
  start_ten_slow_ones();
  const auto begin = steady_clock::now();
  end_gafferd();
  EXPECT_LT(steady_clock::now() - begin, kSideBySide);
}

TEST_F(Stopping, TenSlowOnesStopSideBySideOnRequest) {
  start_ten_slow_ones();
  const auto begin = steady_clock::now();
  EXPECT_EQ(0, gaffer({"stop", "--all"}).status);
  EXPECT_LT(steady_clock::now() - begin, kSideBySide);
}

TEST_F(Stopping, TwoClientsThatStopTheSameBothLearnOfTheEnd) {
  start_gafferd_with(section("web", "clean-up-on-term 200 print ready sleep"));
  ASSERT_TRUE(wait_until_logged("web", "ready"));
  test::Program first(command("gaffer", {"stop", "web"}));
  test::Program second(command("gaffer", {"stop", "web"}));
  EXPECT_EQ("web: 1 stopped\n", first.wait_for_end().out);
  EXPECT_EQ("web: 1 stopped\n", second.wait_for_end().out);
}

TEST_F(Stopping, ASecondSignalKillsTheStubborn) {
  start_gafferd_with(section("web", "ignore-term print ready sleep", "graceful_timeout = 86400"));
  ASSERT_TRUE(wait_until_logged("web", "ready"));
  gafferd_->signal(SIGTERM);
  ASSERT_TRUE(test::eventually([this] { return process("web").state == ProcessState::Stopping; }));
  end_gafferd();
}

TEST_F(Stopping, WhileTheDaemonEndsItStartsNothing) {
  start_gafferd_with(section("web", "ignore-term print ready sleep", "graceful_timeout = 86400") +
                     section("db", "sleep"));
  ASSERT_TRUE(wait_until_logged("web", "ready"));
  gafferd_->signal(SIGTERM);
  ASSERT_TRUE(test::eventually([this] { return process("db").state == ProcessState::Stopped; }));
  const test::Ended start = gaffer({"start", "db"});
  EXPECT_EQ(1, start.status);
  EXPECT_EQ("gaffer: cannot start db: everything is being stopped\n", start.err);
  end_gafferd();
}

class Scaling : public test::ProgramsTest {};

TEST_F(Scaling, GoesUpAndDownInEveryNotation) {
  start_gafferd_with(section("web", "sleep"));
  EXPECT_EQ("web: 3 running\n", gaffer({"scale", "web=3"}).out);
  EXPECT_EQ("web: 4 running\n", gaffer({"scale", "web=+1"}).out);
  EXPECT_EQ("web: 6 running\n", gaffer({"scale", "web+2"}).out);
  EXPECT_EQ("web: 5 running\n", gaffer({"scale", "web-1"}).out);
  EXPECT_EQ("web: 2 running\n", gaffer({"scale", "web=-3"}).out);
  EXPECT_EQ("web: no processes\n", gaffer({"scale", "web=0"}).out);
}

TEST_F(Scaling, KeepsTheOldestAndFreesTheOthersSlots) {
  start_gafferd_with(section("web", "sleep", "numprocesses = 3"));
  const auto before = os_pids("web");
  EXPECT_EQ("web: 1 running\n", gaffer({"scale", "web=1"}).out);
  EXPECT_EQ((std::vector<pid_t>{before.at(0)}), os_pids("web"));
  EXPECT_EQ("web: 2 running\n", gaffer({"scale", "web+1"}).out);
  EXPECT_EQ(before.at(0), os_pids("web").at(0));
  EXPECT_EQ(2, process("web", 2).slot);
}

TEST_F(Scaling, TakesSeveralAtOnce) {
  start_gafferd_with(section("web", "sleep") + section("my-worker", "sleep"));
  EXPECT_EQ("web: 2 running\nmy-worker: no processes\n",
            gaffer({"scale", "web=2", "my-worker-1"}).out);
}

TEST_F(Scaling, ATemplateWithoutProcessesIsShownAsScaledToNothing) {
  start_gafferd_with(section("web", "sleep", "numprocesses = 0"));
  const std::string ps = gaffer({"ps"}).out;
  EXPECT_NE(std::string::npos, ps.find("scaled to 0")) << ps;
}

TEST_F(Scaling, EverySlotHasAPortOfItsOwn) {
  start_gafferd_with(section("web", "print-env PORT sleep", "port = 9000\nnumprocesses = 2"));
  EXPECT_TRUE(test::eventually([this] {
    return gaffer({"logs", "web"}).out == "web.1 | PORT=9000\nweb.2 | PORT=9001\n";
  }));
}

}  // namespace
}  // namespace gaffer
