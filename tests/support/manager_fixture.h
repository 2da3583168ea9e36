#pragma once

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "core/manager/manager.h"
#include "support/fake_clock.h"
#include "support/fake_launcher.h"
#include "support/loop_fixture.h"

namespace gaffer::test {

using std::chrono::hours;
using std::chrono::milliseconds;

/// A manager in a made-up world, with a template `web`.
class ManagerTest : public LoopTest {
 protected:
  ManagerTest() {
    heard_ = manager_.subscribe([this](const Event& event) {
      events_.push_back(std::string(event_name(event.kind)) + " " + event.name +
                        (event.slot > 0 ? "." + std::to_string(event.slot) : ""));
    });
  }

  static ProcessTemplate sample(int numprocesses = 1) {
    ProcessTemplate web{.name = "web", .cmd = "serve", .numprocesses = numprocesses};
    web.backoff = {
        .base = hours(1), .cap = hours(8), .jitter = 0};  // No test lives to see its end.
    return web;
  }
  static ProcessTemplate quick() {
    ProcessTemplate web = sample();
    web.backoff.base = milliseconds(1);
    return web;
  }
  void add(ProcessTemplate process_template) {
    ASSERT_TRUE(manager_.add(std::move(process_template)).has_value());
    run_some_turns();
  }
  ProcessInfo slot(int number) {
    return manager_.info("web").value().processes.at(static_cast<std::size_t>(number) - 1);
  }
  ProcessState state(int number = 1) { return slot(number).state; }
  std::vector<std::string> take_events() {
    run_some_turns();
    return std::exchange(events_, {});
  }
  void exit(pid_t pid, ExitStatus status = {.code = 1}) {
    launcher_.exit(pid, status);
    run_some_turns();
  }

  using Events = std::vector<std::string>;
  // NOLINTBEGIN
  FakeClock clock_;
  FakeLauncher launcher_;
  Manager manager_{loop_, clock_, launcher_, {}};
  Events events_;
  Subscription heard_;
  // NOLINTEND
};

}  // namespace gaffer::test
