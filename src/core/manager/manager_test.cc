#include "core/manager/manager.h"

#include <csignal>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "support/manager_fixture.h"

namespace gaffer {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

using ManagerTest = test::ManagerTest;

TEST_F(ManagerTest, StartsTheProcessesOfATemplate) {
  add(sample(2));
  EXPECT_EQ((Events{"create web", "start web", "spawn web.1", "spawn web.2"}), take_events());
  EXPECT_EQ(ProcessState::Running, state(1));
  EXPECT_EQ(1U, slot(1).pid);
  EXPECT_EQ(2U, slot(2).pid);
  EXPECT_EQ(1002, slot(2).os_pid);
  EXPECT_EQ(2U, manager_.running().size());
}

TEST_F(ManagerTest, LoadsATemplateWithoutStartingItWhenTold) {
  ProcessTemplate waiting = sample();
  waiting.start = false;
  ASSERT_TRUE(manager_.add(std::move(waiting)).has_value());
  EXPECT_EQ((Events{"create web"}), take_events());
  EXPECT_EQ(ProcessState::Stopped, state());
  EXPECT_EQ("not started yet", slot(1).reason);
  ASSERT_TRUE(manager_.start("web").has_value());
  EXPECT_EQ(ProcessState::Running, state());
}

TEST_F(ManagerTest, AProcessThatEndsComesBackAtOnceInItsSlotWithANewPid) {
  add(sample());
  take_events();
  clock_.advance(seconds(5));
  exit(1001, {.code = 3});
  EXPECT_EQ((Events{"exit web.1", "spawn web.1"}), take_events());
  EXPECT_EQ(ProcessState::Running, state());
  EXPECT_EQ(2U, slot(1).pid);
  EXPECT_EQ(1U, slot(1).restarts);
  EXPECT_EQ(3, slot(1).last_exit->status.code);
}

TEST_F(ManagerTest, AProcessThatKeepsEndingIsStartedMoreAndMoreSlowly) {
  add(sample());
  exit(1001);
  EXPECT_EQ(ProcessState::Running, state());
  exit(1002);
  EXPECT_EQ(ProcessState::Waiting, state());
  EXPECT_EQ(hours(1), slot(1).next_start);
  EXPECT_EQ("exit code 1", slot(1).reason);
  ASSERT_TRUE(manager_.start("web").has_value());
  EXPECT_EQ(ProcessState::Running, state());
  exit(1003);
  EXPECT_EQ(hours(2), slot(1).next_start);
}

TEST_F(ManagerTest, StartsAgainByItselfWhenThePauseIsOver) {
  add(quick());
  exit(1001);
  launcher_.exit(1002, {.code = 1});
  EXPECT_EQ(ProcessState::Waiting, state());
  EXPECT_TRUE(run_until([&] { return state() == ProcessState::Running; }));
}

TEST_F(ManagerTest, AProgramThatCannotRunIsNeverShownAsRunning) {
  launcher_.failure = Error{Errc::NotFound, 2, "cannot execute serve: no such file or directory"};
  ASSERT_TRUE(manager_.add(sample()).has_value());
  EXPECT_EQ(ProcessState::Waiting, state());
  EXPECT_EQ("cannot execute serve: no such file or directory", slot(1).reason);
  EXPECT_EQ(0, slot(1).os_pid);
  EXPECT_EQ((Events{"create web", "start web", "fail web.1"}), take_events());
  launcher_.failure.reset();
  ASSERT_TRUE(manager_.start("web").has_value());
  EXPECT_EQ(ProcessState::Running, state());
  EXPECT_EQ("", slot(1).reason);
}

TEST_F(ManagerTest, AStoppedProcessStaysStopped) {
  add(sample(2));
  take_events();
  bool settled = false;
  ASSERT_TRUE(manager_.stop("web").has_value());
  ASSERT_TRUE(manager_.when_settled("web", [&] { settled = true; }).has_value());
  run_some_turns();
  EXPECT_FALSE(settled);
  EXPECT_EQ(ProcessState::Stopping, state(1));
  launcher_.obey();
  EXPECT_EQ((Events{"stop web", "stop_pid web.1", "stop_pid web.2", "exit web.1", "exit web.2"}),
            take_events());
  EXPECT_TRUE(settled);
  EXPECT_EQ(ProcessState::Stopped, state(1));
  EXPECT_TRUE(manager_.running().empty());
}

TEST_F(ManagerTest, AStoppedTemplateCanBeStartedAgainAndIsKeptAliveThen) {
  add(sample());
  ASSERT_TRUE(manager_.stop("web").has_value());
  launcher_.obey();
  ASSERT_TRUE(manager_.start("web").has_value());
  EXPECT_EQ(ProcessState::Running, state());
  exit(1002);
  EXPECT_EQ(ProcessState::Running, state());
}

TEST_F(ManagerTest, AStopEndsThePauseBeforeTheNextStart) {
  add(quick());
  exit(1001);
  launcher_.exit(1002, {.code = 1});
  ASSERT_TRUE(manager_.stop("web").has_value());
  uv::Timer later(loop_);
  bool is_later = false;
  later.start(milliseconds(20), [&] { is_later = true; });
  EXPECT_TRUE(run_until([&] { return is_later; }));
  EXPECT_EQ(ProcessState::Stopped, state());
  EXPECT_TRUE(launcher_.running().empty());
}

TEST_F(ManagerTest, RestartEndsEachProcessAndStartsItAgain) {
  add(sample(2));
  ASSERT_TRUE(manager_.restart("web").has_value());
  EXPECT_EQ(ProcessState::Restarting, state(1));
  launcher_.obey();
  EXPECT_EQ((std::vector<pid_t>{1003, 1004}), launcher_.running());
}

TEST_F(ManagerTest, AStopDuringARestartWins) {
  add(sample());
  ASSERT_TRUE(manager_.restart("web").has_value());
  ASSERT_TRUE(manager_.stop("web").has_value());
  launcher_.obey();
  run_some_turns();
  EXPECT_EQ(ProcessState::Stopped, state());
}

TEST_F(ManagerTest, ScalesUpAndDownFromTheNewest) {
  add(sample());
  EXPECT_EQ(3, manager_.scale("web", "+2").value());
  EXPECT_EQ((std::vector<pid_t>{1001, 1002, 1003}), launcher_.running());
  EXPECT_EQ(1, manager_.scale("web", "1").value());
  EXPECT_EQ(1003, launcher_.signals.front().first);
  launcher_.obey();
  run_some_turns();
  EXPECT_EQ((std::vector<pid_t>{1001}), launcher_.running());
  EXPECT_EQ(1U, manager_.info("web").value().processes.size());
  EXPECT_EQ(0, manager_.scale("web", "-5").value());
}

TEST_F(ManagerTest, ScalingUpAgainTakesBackWhatWasAskedToStop) {
  add(sample(2));
  ASSERT_TRUE(manager_.scale("web", "1").has_value());
  ASSERT_TRUE(manager_.scale("web", "2").has_value());
  launcher_.obey();
  run_some_turns();
  EXPECT_EQ((std::vector<pid_t>{1001, 1003}), launcher_.running());
  EXPECT_EQ(ProcessState::Running, state(2));
}

TEST_F(ManagerTest, AStoppedTemplateIsScaledWithoutStartingIt) {
  ProcessTemplate waiting = sample();
  waiting.start = false;
  ASSERT_TRUE(manager_.add(std::move(waiting)).has_value());
  EXPECT_EQ(2, manager_.scale("web", "2").value());
  EXPECT_TRUE(launcher_.running().empty());
  EXPECT_EQ(2U, manager_.info("web").value().processes.size());
}

TEST_F(ManagerTest, ForgetsARemovedTemplateOnceItsLastProcessIsGone) {
  add(sample());
  take_events();
  ASSERT_TRUE(manager_.remove("web").has_value());
  EXPECT_EQ((Events{"stop web", "stop_pid web.1"}), take_events());
  EXPECT_EQ(Errc::NotRunning, manager_.start("web").error().code);
  EXPECT_EQ(Errc::AlreadyExists, manager_.add(sample()).error().code);
  launcher_.obey();
  EXPECT_EQ((Events{"exit web.1", "delete web"}), take_events());
  EXPECT_EQ("no template web", manager_.info("web").error().message);
  EXPECT_TRUE(manager_.add(sample()).has_value());
}

TEST_F(ManagerTest, ShutsEverythingDownSideBySideTheLastFirst) {
  add(sample(2));
  add({.name = "db", .cmd = "store"});
  bool done = false;
  manager_.shut_down([&] { done = true; });
  run_some_turns();
  EXPECT_FALSE(done);
  EXPECT_EQ(6U, launcher_.signals.size());
  EXPECT_EQ(1003, launcher_.signals.front().first);
  launcher_.obey();
  run_some_turns();
  EXPECT_TRUE(done);
  EXPECT_EQ(Errc::NotRunning, manager_.start("web").error().code);
  EXPECT_EQ(Errc::NotRunning, manager_.add({.name = "x", .cmd = "x"}).error().code);
}

TEST_F(ManagerTest, ShuttingDownNothingIsDoneOnALaterTurn) {
  bool done = false;
  manager_.shut_down([&] { done = true; });
  EXPECT_FALSE(done);
  run_some_turns();
  EXPECT_TRUE(done);
}

TEST_F(ManagerTest, KillAllDoesNotWait) {
  add(sample());
  manager_.shut_down([] {});
  manager_.kill_all();
  EXPECT_EQ((std::pair<pid_t, int>{1001, SIGKILL}), launcher_.signals.back());
}

TEST_F(ManagerTest, RefusesWhatIsWrongAndSaysWhy) {
  EXPECT_EQ(Errc::InvalidArgument, manager_.add({.name = "web", .cmd = ""}).error().code);
  EXPECT_EQ(0U, manager_.all().size());
  add(sample());
  EXPECT_EQ("cannot add web: there is a template of that name",
            manager_.add(sample()).error().message);
  EXPECT_EQ("no template wbe", manager_.stop("wbe").error().message);
  EXPECT_EQ(Errc::InvalidArgument, manager_.scale("web", "many").error().code);
}

TEST_F(ManagerTest, AHandlerMayActOnTheManager) {
  add(sample());
  const auto stopper = manager_.subscribe([this](const Event& event) {
    if (event.kind == Event::Kind::Exit) (void)manager_.remove(event.name);
  });
  exit(1001);
  launcher_.obey();
  run_some_turns();
  EXPECT_EQ(0U, manager_.all().size());
}

TEST_F(ManagerTest, MayBeDestroyedByWhomItCalls) {
  for (const bool by_event : {true, false}) {
    auto manager = std::make_unique<Manager>(loop_, clock_, launcher_, Manager::Settings{});
    const auto heard = manager->subscribe([&](const Event&) {
      if (by_event) manager.reset();
    });
    ASSERT_TRUE(manager->add(sample(2)).has_value());
    if (!by_event) manager->shut_down([&] { manager.reset(); });
    run_some_turns();
    launcher_.obey();
    run_some_turns();
    EXPECT_EQ(nullptr, manager);
    EXPECT_TRUE(launcher_.running().empty());
  }
}

TEST_F(ManagerTest, ScalingLeavesThosePausingAlone) {
  add(sample());
  exit(1001);
  exit(1002);
  ASSERT_EQ(ProcessState::Waiting, state(1));
  ASSERT_TRUE(manager_.scale("web", "2").has_value());
  EXPECT_EQ(ProcessState::Waiting, state(1));
  EXPECT_EQ(ProcessState::Running, state(2));
}

TEST_F(ManagerTest, AProgramThatCannotRunWaitsForATurnEvenWithoutAPause) {
  launcher_.failure = Error{Errc::NotFound, 2, "cannot execute serve"};
  ProcessTemplate hasty = sample();
  hasty.backoff.base = milliseconds(0);
  ASSERT_TRUE(manager_.add(std::move(hasty)).has_value());
  EXPECT_EQ(ProcessState::Waiting, state());
  launcher_.failure.reset();
  EXPECT_TRUE(run_until([&] { return state() == ProcessState::Running; }));
}

TEST_F(ManagerTest, TellsTheUptimeByTheClockItWasGiven) {
  add(sample());
  clock_.advance(seconds(90));
  EXPECT_EQ(seconds(90), slot(1).uptime);
}

TEST_F(ManagerTest, AJobThatSucceededIsNotStartedAgain) {
  ProcessTemplate job = sample();
  job.restart = Restart::OnFailure;
  add(std::move(job));
  exit(1001, {.code = 1});
  EXPECT_EQ(ProcessState::Running, state());
  exit(1002, {.code = 0});
  EXPECT_EQ(ProcessState::Stopped, state());
  EXPECT_EQ("exit code 0", slot(1).reason);
  EXPECT_TRUE(manager_.info("web")->is_wanted);
  ASSERT_TRUE(manager_.start("web").has_value());
  EXPECT_EQ(ProcessState::Running, state());
}

TEST_F(ManagerTest, ARestartByHandStartsAlsoWhatIsNeverRestarted) {
  ProcessTemplate job = sample();
  job.restart = Restart::Never;
  add(std::move(job));
  ASSERT_TRUE(manager_.restart("web").has_value());
  launcher_.obey();
  EXPECT_EQ(ProcessState::Running, state());
}

TEST_F(ManagerTest, AsksWithTheSignalOfTheTemplate) {
  ProcessTemplate web = sample();
  web.stop_signal = SIGINT;
  add(std::move(web));
  ASSERT_TRUE(manager_.stop("web").has_value());
  EXPECT_EQ((std::pair<pid_t, int>{1001, SIGINT}), launcher_.signals.front());
}

TEST_F(ManagerTest, AnUnknownUserIsAReasonAndMendsItself) {
  ProcessTemplate web = sample();
  web.uid = "no-such-user";
  add(std::move(web));
  EXPECT_EQ(ProcessState::Waiting, state());
  EXPECT_EQ("unknown user no-such-user", slot(1).reason);
  EXPECT_TRUE(launcher_.launched.empty());
}

TEST_F(ManagerTest, HasAnOutputForEverySlotAndNoOther) {
  add(sample());
  EXPECT_NE(nullptr, manager_.output({"web", 1, ""}));
  EXPECT_EQ(nullptr, manager_.output({"web", 0, ""}));
  EXPECT_EQ(nullptr, manager_.output({"web", 2, ""}));
  EXPECT_EQ(nullptr, manager_.output({"wbe", 1, ""}));
}

}  // namespace
}  // namespace gaffer
