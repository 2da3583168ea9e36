/// Random walks through the life of slots: what is observed has to be what the table says.

#include <algorithm>
#include <array>
#include <chrono>
#include <random>

#include "core/manager/manager.h"
#include "core/policy/lifecycle.h"
#include "core/process/local_launcher.h"
#include "os/proc_fs.h"
#include "support/manager_fixture.h"
#include "support/programs.h"

namespace gaffer {
namespace {

using policy::Input;
using std::chrono::milliseconds;
using enum ProcessState;

struct Wish {
  Input input;
  Result<void> (Manager::*call)(std::string_view target);
};
constexpr std::array<Wish, 4> kWishes = {{{Input::Start, &Manager::start},
                                          {Input::Stop, &Manager::stop},
                                          {Input::Restart, &Manager::restart},
                                          {Input::Reload, &Manager::reload}}};

class Walk : public test::ManagerTest {
 protected:
  std::size_t draw(std::size_t below) { return random_() % below; }
  ProcessInfo process() { return manager_.infos("web.1").value().front().processes.front(); }

  // NOLINTNEXTLINE
  std::minstd_rand random_{20261122};
};

class WalkInAMadeUpWorld : public Walk {
 protected:
  /// What the table says that a wish leads to, all that follows at once included.
  ProcessState after(ProcessState state, Input input) const {
    const auto [next, action] = policy::next(state, input);
    EXPECT_NE(policy::Action::Impossible, action);
    const bool can_launch = !launcher_.failure.has_value();
    if (action == policy::Action::Spawn) return can_launch ? Running : Waiting;
    if (action == policy::Action::SpawnSuccessor) return can_launch ? Reloading : Running;
    return next;
  }

  void wish() {
    const Wish& wish = kWishes.at(draw(kWishes.size()));
    const ProcessState before = process().state;
    ASSERT_TRUE((manager_.*wish.call)("web.1").has_value());
    ProcessState expected = after(before, wish.input);
    // A start that fails may be the one too many.
    if (expected == Waiting && process().state == Failed) expected = Failed;
    ASSERT_EQ(expected, process().state)
        << state_name(before) << ", input " << static_cast<int>(wish.input);
  }

  // Some process ends by itself, one that was asked to or one that was not.
  void end_one() {
    const auto running = launcher_.running();
    if (running.empty()) return;
    launcher_.exit(running[draw(running.size())], {.code = static_cast<int>(draw(2))});
  }

  void look() {
    const ProcessInfo seen = process();
    const auto running = launcher_.running();
    const bool is_there = std::ranges::find(running, seen.os_pid) != running.end();
    const bool may_run = seen.state != Stopped && seen.state != Waiting && seen.state != Failed;
    // Of two that were asked to stop the first may have gone.
    const bool is_going = seen.state == Stopping || seen.state == Restarting;
    if (!is_going || seen.os_pid != 0) {
      ASSERT_EQ(may_run, is_there) << state_name(seen.state);
    }
    if (is_going) {
      ASSERT_FALSE(running.empty());
    }
    ASSERT_NE(Starting, seen.state) << "it lasts no longer than a call";
    ASSERT_EQ(seen.state == Waiting, seen.next_start.has_value());
    if (!seen.is_wanted) {
      ASSERT_TRUE(seen.state == Stopped || seen.state == Stopping);
    }
    if (seen.state == Failed) {
      ASSERT_TRUE(seen.is_wanted);
    }
    if (seen.is_held) {
      ASSERT_EQ(Waiting, seen.state);
    }
  }
};

TEST_F(WalkInAMadeUpWorld, AMillionStepsLeadWhereTheTableSays) {
  // With sanitizers fewer: then it ends after a while.
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  ProcessTemplate web = sample();
  web.backoff = {.base = milliseconds(1), .cap = milliseconds(2), .jitter = 0.2};
  web.flapping = Flapping{
      .attempts = 5, .window = milliseconds(50), .retry_in = milliseconds(2), .max_retry = 1};
  add(web);
  std::array<std::size_t, policy::kStates> seen{};
  int step = 0;
  for (; step < 1'000'000 && std::chrono::steady_clock::now() < end; ++step) {
    switch (draw(8)) {
      case 0:
      case 1:
      case 2:
        wish();
        break;
      case 3:
      case 4:
        end_one();
        break;
      case 5:
        launcher_.obey();
        break;
      case 6:
        if (draw(10) == 0) launcher_.failure = Error{Errc::LimitReached, 11, "cannot clone"};
        if (draw(3) == 0) launcher_.failure.reset();
        break;
      default:
        clock_.advance(milliseconds(draw(5)));
        loop_.poll();  // Time passes while a loop waits.
    }
    if (HasFatalFailure()) FAIL() << "at step " << step;
    look();
    if (HasFatalFailure()) FAIL() << "at step " << step;
    ++seen.at(static_cast<std::size_t>(process().state));
    launcher_.launched.clear();
    if (events_.size() > 1000) events_.clear();
  }
  EXPECT_GT(step, 1'000);
  for (const ProcessState state :
       {Stopped, Running, Waiting, Stopping, Restarting, Reloading, Failed})
    EXPECT_GT(seen.at(static_cast<std::size_t>(state)), 0U) << state_name(state);
}

class WalkInTheRealWorld : public Walk {
 protected:
  static bool is_child(pid_t pid) {
    const auto stat = os::read_proc_stat(pid);
    return stat && stat->state != 'Z';
  }
  bool settle() {
    bool settled = false;
    EXPECT_TRUE(real_.when_settled("web", [&] { settled = true; }).has_value());
    return run_until([&] { return settled; });
  }
  ProcessInfo seen() { return real_.info("web")->processes.front(); }

  // NOLINTBEGIN
  SystemClock real_clock_;
  std::unique_ptr<LocalLauncher> real_launcher_ = std::move(LocalLauncher::create(loop_).value());
  Manager real_{loop_, real_clock_, *real_launcher_, {}};
  // NOLINTEND
};

TEST_F(WalkInTheRealWorld, WhatIsSaidToRunRunsAndWhatIsNotDoesNot) {
  ProcessTemplate web{.name = "web", .cmd = test::puppet() + " sleep"};
  web.backoff = {.base = milliseconds(1), .cap = milliseconds(2), .jitter = 0};
  ASSERT_TRUE(real_.add(web).has_value());
  pid_t last = 0;
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  int steps = 0;
  for (; steps < 2000 && std::chrono::steady_clock::now() < end; ++steps) {
    const std::size_t what = draw(5);
    if (what < 3) {
      ASSERT_TRUE((real_.*kWishes.at(what).call)("web").has_value());
    } else if (const auto runs = seen(); runs.os_pid != 0 && runs.state == Running) {
      ASSERT_TRUE(real_.signal("web", what == 3 ? SIGKILL : SIGSTOP).has_value());
    }
    ASSERT_TRUE(settle());
    const ProcessInfo now = seen();
    if (now.state == Running) {
      ASSERT_TRUE(is_child(now.os_pid) || now.os_pid == last);
    }
    if (now.state == Stopped) {
      ASSERT_EQ(0, now.os_pid);
    }
    if (last != 0 && last != now.os_pid) {
      ASSERT_FALSE(is_child(last)) << "a process too many";
    }
    last = now.os_pid;
  }
  EXPECT_GT(steps, 0);
}

}  // namespace
}  // namespace gaffer
