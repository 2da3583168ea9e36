/// What is decided for all processes of a template together.

#include "core/manager/job.h"

#include <algorithm>
#include <string>

#include "support/manager_fixture.h"

namespace gaffer {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class JobTest : public test::ManagerTest {
 protected:
  /// Gives up at the second end within a minute, after `max_retry` pauses.
  static ProcessTemplate flapping(milliseconds retry_in, int max_retry, int numprocesses = 1) {
    ProcessTemplate web = sample(numprocesses);
    web.backoff.base = milliseconds(0);
    web.flapping = Flapping{
        .attempts = 2, .window = seconds(60), .retry_in = retry_in, .max_retry = max_retry};
    return web;
  }
  pid_t os_pid(int number = 1) { return slot(number).os_pid; }
  void exit_slot(int number, ExitStatus status = {.code = 1}) { exit(os_pid(number), status); }
  bool comes_to(ProcessState wanted, int number = 1) {
    return run_until([&] { return state(number) == wanted; });
  }
};

TEST_F(JobTest, ATemplateWhoseProcessesKeepEndingIsStoppedAsAWhole) {
  add(flapping(std::chrono::hours(1), 5, 2));
  take_events();
  exit_slot(1);
  EXPECT_EQ(ProcessState::Running, state(1));
  exit_slot(2);
  EXPECT_EQ(ProcessState::Stopping, state(1));
  EXPECT_EQ(ProcessState::Waiting, state(2));
  launcher_.obey();
  run_some_turns();
  EXPECT_EQ(ProcessState::Waiting, state(1));
  EXPECT_EQ("flapping, 2 ends within 1m00s, pause 1 of 5", slot(1).reason);
  EXPECT_EQ(std::chrono::hours(1), slot(1).next_start);
  EXPECT_TRUE(launcher_.running().empty());
  const auto events = take_events();
  EXPECT_NE(events.end(), std::ranges::find(events, "flap web"));
}

TEST_F(JobTest, ItIsStartedAgainWhenThePauseIsOver) {
  add(flapping(milliseconds(10), 5));
  exit_slot(1);
  exit_slot(1);
  EXPECT_TRUE(comes_to(ProcessState::Running));
}

TEST_F(JobTest, ASiblingThatIsStillStoppingWhenThePauseIsOverIsStartedAfterwards) {
  add(flapping(milliseconds(10), 5, 2));
  exit_slot(1);
  exit_slot(1);
  EXPECT_EQ(ProcessState::Stopping, state(2));
  EXPECT_TRUE(comes_to(ProcessState::Restarting, 2));
  launcher_.obey();
  EXPECT_TRUE(comes_to(ProcessState::Running, 2));
}

TEST_F(JobTest, ItIsGivenUpAfterSoManyPausesAndSaysSo) {
  add(flapping(milliseconds(1), 1));
  exit_slot(1);
  exit_slot(1);
  ASSERT_TRUE(comes_to(ProcessState::Running));
  exit_slot(1);
  exit_slot(1);
  EXPECT_EQ(ProcessState::Failed, state());
  EXPECT_EQ("given up: flapping, 2 ends within 1m00s after 1 pause", slot(1).reason);
  EXPECT_TRUE(slot(1).is_wanted);
  ASSERT_TRUE(manager_.start("web").has_value());
  EXPECT_EQ(ProcessState::Running, state());
  exit_slot(1);
  EXPECT_EQ(ProcessState::Running, state()) << "a start by hand forgets the past";
}

TEST_F(JobTest, AStartThatFailsCountsAsAnEnd) {
  launcher_.failure = Error{Errc::NotFound, 2, "cannot execute serve"};
  ASSERT_TRUE(manager_.add(flapping(std::chrono::hours(1), 0)).has_value());
  EXPECT_TRUE(comes_to(ProcessState::Failed));
}

TEST_F(JobTest, AnyStopRemovalOrUpdateEndsThePause) {
  using Way = void (*)(Manager&);
  for (const Way end : {Way{[](Manager& m) { (void)m.stop("web"); }},
                        Way{[](Manager& m) { (void)m.remove("web"); }},
                        Way{[](Manager& m) { m.shut_down([] {}); }}}) {
    Manager manager(loop_, clock_, launcher_, {});
    ASSERT_TRUE(manager.add(flapping(milliseconds(10), 5)).has_value());
    exit(launcher_.running().back());
    exit(launcher_.running().back());
    const auto launched = launcher_.launched.size();
    end(manager);
    uv::Timer later(loop_);
    bool is_later = false;
    later.start(milliseconds(30), [&] { is_later = true; });
    EXPECT_TRUE(run_until([&] { return is_later; }));
    EXPECT_EQ(launched, launcher_.launched.size());
  }
}

TEST_F(JobTest, WhoWasStoppedAloneIsNotStartedByTheEndOfAPause) {
  add(flapping(milliseconds(10), 5, 2));
  ASSERT_TRUE(manager_.stop("web.2").has_value());
  launcher_.obey();
  exit_slot(1);
  exit_slot(1);
  EXPECT_TRUE(comes_to(ProcessState::Running, 1));
  EXPECT_EQ(ProcessState::Stopped, state(2));
}

TEST_F(JobTest, AReloadMakesTheNewProcessBeforeTheOldOneGoes) {
  add(sample());
  ASSERT_TRUE(manager_.reload("web").has_value());
  run_some_turns();
  EXPECT_EQ(ProcessState::Reloading, state());
  EXPECT_EQ((std::vector<pid_t>{1001, 1002}), launcher_.running());
  EXPECT_EQ(1001, os_pid());
  EXPECT_TRUE(comes_to(ProcessState::Running));
  EXPECT_EQ(1002, os_pid());
  EXPECT_EQ((std::pair<pid_t, int>{1001, SIGTERM}), launcher_.signals.front());
  launcher_.obey();
  EXPECT_EQ((std::vector<pid_t>{1002}), launcher_.running());
}

TEST_F(JobTest, AReloadTakesOneProcessAfterTheOther) {
  add(sample(2));
  bool settled = false;
  ASSERT_TRUE(manager_.reload("web").has_value());
  ASSERT_TRUE(manager_.when_settled("web", [&] { settled = true; }).has_value());
  ASSERT_TRUE(run_until([&] { return os_pid(1) == 1003; }));
  run_some_turns();
  EXPECT_EQ(ProcessState::Running, state(2)) << "the first old one has not gone yet";
  launcher_.obey();
  run_some_turns();
  EXPECT_EQ(ProcessState::Reloading, state(2));
  ASSERT_TRUE(run_until([&] { return os_pid(2) == 1004; }));
  EXPECT_FALSE(settled);
  launcher_.obey();
  run_some_turns();
  EXPECT_TRUE(settled);
}

TEST_F(JobTest, AReloadWhoseNewProcessEndsLeavesTheOldOnesAlone) {
  add(sample(2));
  ASSERT_TRUE(manager_.reload("web").has_value());
  run_some_turns();
  exit(1003);
  EXPECT_EQ(ProcessState::Running, state(1));
  EXPECT_EQ("not reloaded, the new process failed: exit code 1", slot(1).reason);
  EXPECT_EQ((std::vector<pid_t>{1001, 1002}), launcher_.running());
}

TEST_F(JobTest, AReloadThatCannotMakeTheNewProcessLeavesTheOldOnesAlone) {
  add(sample(2));
  launcher_.failure = Error{Errc::NotFound, 2, "cannot execute serve"};
  ASSERT_TRUE(manager_.reload("web").has_value());
  run_some_turns();
  EXPECT_EQ(ProcessState::Running, state(1));
  EXPECT_EQ("not reloaded, the new process failed: cannot execute serve", slot(1).reason);
  EXPECT_EQ((std::vector<pid_t>{1001, 1002}), launcher_.running());
}

TEST_F(JobTest, AnOldProcessThatEndsDuringAReloadIsReplacedByTheNewOne) {
  add(sample());
  ASSERT_TRUE(manager_.reload("web").has_value());
  run_some_turns();
  exit(1001);
  EXPECT_EQ(ProcessState::Running, state());
  EXPECT_EQ(1002, os_pid());
  EXPECT_EQ((std::vector<pid_t>{1002}), launcher_.running());
  const auto to_new = [](const auto& sent) { return sent.first == 1002; };
  EXPECT_TRUE(std::ranges::none_of(launcher_.signals, to_new));
}

TEST_F(JobTest, AStopDuringAReloadStopsBoth) {
  add(sample());
  ASSERT_TRUE(manager_.reload("web").has_value());
  run_some_turns();
  ASSERT_TRUE(manager_.stop("web").has_value());
  exit(1001, {.signal = SIGTERM});
  EXPECT_EQ(ProcessState::Stopping, state());
  exit(1002, {.signal = SIGTERM});
  EXPECT_EQ(ProcessState::Stopped, state());
  EXPECT_EQ("stopped on request", slot(1).reason);
}

TEST_F(JobTest, AnOldProcessThatIsSlowToGoDoesNotHinderTheNewOneFromBeingKeptAlive) {
  add(sample());
  ASSERT_TRUE(manager_.reload("web").has_value());
  ASSERT_TRUE(run_until([&] { return os_pid() == 1002; }));
  exit(1002);
  EXPECT_EQ(ProcessState::Running, state());
  exit(1003);
  EXPECT_EQ(ProcessState::Waiting, state());
  exit(1001);
  EXPECT_EQ(ProcessState::Waiting, state());
  EXPECT_TRUE(launcher_.running().empty());
}

TEST_F(JobTest, AnUpdateTouchesOnlyWhatChangedAndSaysHow) {
  add(sample());
  EXPECT_EQ(Update{}, manager_.update(sample()).value());

  ProcessTemplate live = sample(2);
  live.graceful_timeout = seconds(3);
  EXPECT_EQ((Update{Update::Way::Live, {"numprocesses", "graceful_timeout"}}),
            manager_.update(live).value());
  EXPECT_EQ((std::vector<pid_t>{1001, 1002}), launcher_.running());

  ProcessTemplate reloaded = live;
  reloaded.args = {"--fast"};
  EXPECT_EQ((Update{Update::Way::Reload, {"args"}}), manager_.update(reloaded).value());
  EXPECT_TRUE(run_until([&] { return os_pid() == 1003; }));
  EXPECT_EQ("--fast", launcher_.launched.back().argv.back());

  ProcessTemplate restarted = reloaded;
  restarted.port = 5000;
  EXPECT_EQ((Update{Update::Way::Restart, {"port"}}), manager_.update(restarted).value());
}

TEST_F(JobTest, AnUpdateOfAStoppedTemplateStartsNothing) {
  add(sample());
  ASSERT_TRUE(manager_.stop("web").has_value());
  launcher_.obey();
  ProcessTemplate changed = sample();
  changed.cmd = "serve --other";
  EXPECT_EQ(Update::Way::Live, manager_.update(changed)->way);
  run_some_turns();
  EXPECT_TRUE(launcher_.running().empty());
  ASSERT_TRUE(manager_.start("web").has_value());
  EXPECT_EQ("--other", launcher_.launched.back().argv.back());
}

TEST_F(JobTest, AnUpdateDuringAReloadBeginsItAnew) {
  add(sample());
  ASSERT_TRUE(manager_.reload("web").has_value());
  run_some_turns();
  ProcessTemplate changed = sample();
  changed.cmd = "serve --other";
  ASSERT_TRUE(manager_.update(changed).has_value());
  ASSERT_TRUE(run_until([&] {
    launcher_.obey();
    const auto running = launcher_.running();
    return running.size() == 1 && launcher_.launched.back().argv.back() == "--other";
  }));
}

TEST_F(JobTest, AOneOffRunHasItsOwnVariablesAndIsNotStartedAgain) {
  ProcessTemplate web = sample();
  web.env = {{"A", "1"}, {"B", "1"}};
  add(web);
  const auto pid = manager_.run_once("web", {{"B", "2"}});
  ASSERT_TRUE(pid.has_value());
  EXPECT_EQ(2U, *pid);
  const auto& environment = launcher_.launched.back().environment;
  EXPECT_NE(environment.end(), std::ranges::find(environment, "A=1"));
  EXPECT_NE(environment.end(), std::ranges::find(environment, "B=2"));
  EXPECT_EQ(0, slot(2).slot);
  EXPECT_EQ(1, manager_.info("web")->process_template.numprocesses);
  exit(1002);
  EXPECT_EQ(1U, manager_.info("web")->processes.size());
  EXPECT_EQ((std::vector<pid_t>{1001}), launcher_.running());
}

TEST_F(JobTest, AOneOffRunThatCannotBeStartedLeavesNothing) {
  add(sample());
  launcher_.failure = Error{Errc::NotFound, 2, "cannot execute serve"};
  EXPECT_EQ("cannot execute serve", manager_.run_once("web", {}).error().message);
  run_some_turns();
  EXPECT_EQ(1U, manager_.info("web")->processes.size());
}

TEST_F(JobTest, AOneOffRunThatCannotBeStartedIsNoFailureOfTheTemplate) {
  ProcessTemplate web = flapping(std::chrono::hours(1), 0);
  web.flapping->attempts = 1;
  add(web);
  launcher_.failure = Error{Errc::NotFound, 2, "cannot execute serve"};
  EXPECT_FALSE(manager_.run_once("web", {}).has_value());
  EXPECT_EQ(ProcessState::Running, state());
}

TEST_F(JobTest, AOneOffRunOfADetachedTemplateIsStoppedWithTheManager) {
  ProcessTemplate web = sample();
  web.detach = true;
  add(web);
  ASSERT_TRUE(manager_.run_once("web", {}).has_value());
  bool done = false;
  manager_.shut_down([&] { done = true; });
  run_some_turns();
  EXPECT_FALSE(done);
  launcher_.obey();
  run_some_turns();
  EXPECT_TRUE(done);
  EXPECT_EQ((std::vector<pid_t>{1001}), launcher_.running());
}

TEST_F(JobTest, StoppingATemplateStopsItsOneOffRuns) {
  add(sample());
  ASSERT_TRUE(manager_.run_once("web", {}).has_value());
  ASSERT_TRUE(manager_.stop("web").has_value());
  launcher_.obey();
  run_some_turns();
  EXPECT_TRUE(launcher_.running().empty());
}

TEST_F(JobTest, WhatIsDetachedOutlivesTheManagerAndIsNotStartedAgain) {
  ProcessTemplate web = sample();
  web.detach = true;
  add(web);
  bool done = false;
  manager_.shut_down([&] { done = true; });
  run_some_turns();
  EXPECT_TRUE(done);
  EXPECT_TRUE(launcher_.signals.empty());
  EXPECT_EQ(ProcessState::Running, state());
  exit(1001);
  EXPECT_EQ(ProcessState::Stopped, state());
}

TEST_F(JobTest, ATargetIsATemplateAProcessAGroupOrEverything) {
  const auto stopped_by = [this](std::string_view target) {
    Manager manager(loop_, clock_, launcher_, {});
    for (const char* name : {"web", "web.2", "shop:web", "shop:db"}) {
      ProcessTemplate each = sample(3);
      each.name = name;
      EXPECT_TRUE(manager.add(each).has_value());
    }
    EXPECT_TRUE(manager.stop(target).has_value()) << target;
    std::string stopping;
    for (const auto& info : manager.all()) {
      for (const auto& process : info.processes) {
        if (process.state == ProcessState::Stopping)
          stopping += process.name + "/" + std::to_string(process.slot) + " ";
      }
    }
    return stopping;
  };
  EXPECT_EQ("web/1 web/2 web/3 ", stopped_by("web"));
  EXPECT_EQ("web/3 ", stopped_by("web.3"));
  EXPECT_EQ("web.2/1 web.2/2 web.2/3 ", stopped_by("web.2"));
  EXPECT_EQ("web/1 ", stopped_by("1"));
  EXPECT_EQ("shop:web/1 shop:web/2 shop:web/3 shop:db/1 shop:db/2 shop:db/3 ",
            stopped_by("shop:*"));
  EXPECT_EQ("no template web.4", manager_.stop("web.4").error().message);
  EXPECT_EQ("no template of group stop", manager_.stop("stop:*").error().message);
}

TEST_F(JobTest, AProcessStoppedAloneStaysSoUntilItIsStarted) {
  add(sample(2));
  ASSERT_TRUE(manager_.stop("web.2").has_value());
  launcher_.obey();
  run_some_turns();
  EXPECT_EQ(ProcessState::Stopped, state(2));
  EXPECT_EQ(ProcessState::Running, state(1));
  ASSERT_TRUE(manager_.start("web.2").has_value());
  EXPECT_EQ(ProcessState::Running, state(2));
}

TEST_F(JobTest, ASignalReachesWhoRuns) {
  add(sample(2));
  ASSERT_TRUE(manager_.signal("web.2", SIGHUP).has_value());
  EXPECT_EQ((std::vector<std::pair<pid_t, int>>{{1002, SIGHUP}}), launcher_.signals);
  ASSERT_TRUE(manager_.signal("*", SIGUSR1).has_value());
  EXPECT_EQ(3U, launcher_.signals.size());
  ASSERT_TRUE(manager_.stop("web").has_value());
  launcher_.obey();
  run_some_turns();
  EXPECT_EQ(Errc::NotRunning, manager_.signal("web", SIGHUP).error().code);
}

TEST_F(JobTest, TheSameLabelTwiceIsOneStreamAndNoLabelIsNone) {
  ProcessTemplate web = sample();
  web.redirect_output = {"out", "err"};
  add(web);
  EXPECT_NE(manager_.output({"web", 1, "out"}), manager_.output({"web", 1, "err"}));
  EXPECT_EQ(manager_.output({"web", 1, ""}), manager_.output({"web", 1, "out"}));
  EXPECT_EQ(nullptr, manager_.output({"web", 1, "output"}));

  ProcessTemplate one = sample();
  one.name = "one";
  one.redirect_output = {"out"};
  add(one);
  EXPECT_NE(-1, launcher_.launched.back().stdio[1]);
  EXPECT_EQ(-1, launcher_.launched.back().stdio[2]);

  ProcessTemplate same = sample();
  same.name = "same";
  same.redirect_output = {"all", "all"};
  add(same);
  EXPECT_EQ(launcher_.launched.back().stdio[1], launcher_.launched.back().stdio[2]);
}

TEST_F(JobTest, ManyThatKeepEndingWaitForTheirTurn) {
  for (int number = 0; number < 40; ++number) {
    ProcessTemplate each = quick();
    each.name = "t" + std::to_string(number);
    add(each);
  }
  for (int round = 0; round < 2; ++round) {
    for (const pid_t pid : launcher_.running())
      launcher_.exit(pid, {.code = 1});
  }
  EXPECT_EQ(80U, launcher_.launched.size()) << "the first restart of each is free";
  EXPECT_TRUE(run_until([&] { return launcher_.launched.size() == 100; }));
  run_some_turns();
  EXPECT_EQ(100U, launcher_.launched.size()) << "then the burst, and the clock stands still";
}

}  // namespace
}  // namespace gaffer
