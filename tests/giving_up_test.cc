/// Processes that end: which are started again, how soon, and when nobody tries any more.

#include <chrono>
#include <string>

#include <gtest/gtest.h>

#include "support/daemon.h"

namespace gaffer::test {
namespace {

using std::chrono::minutes;

class GivingUp : public ProgramsTest {
 protected:
  bool wait_until_state(const std::string& name, ProcessState state) const {
    return eventually([&] { return process(name).state == state; });
  }
};

TEST_F(GivingUp, WhatFlapsIsPausedAndThenFailsForGood) {
  start_gafferd_with(
      section("named", "exit 1", "flapping = attempts=2, window=60, retry_in=50ms, max_retry=1") +
      section("short", "exit 1", "flapping = 2, 60., 0.05, 1"));
  for (const char* name : {"named", "short"}) {
    ASSERT_TRUE(wait_until_state(name, ProcessState::Failed)) << name;
    EXPECT_EQ(3U, process(name).restarts);  // Two rounds of two.
    const std::string why = gaffer({"why", name}).out;
    EXPECT_TRUE(why.starts_with(std::string(name) + ".1: failed, given up: flapping, 2 ends within "
                                                    "1m"))
        << why;
  }
  (void)gaffer({"start", "named"});
  ASSERT_TRUE(wait_until_state("named", ProcessState::Failed));
  EXPECT_EQ(7U, process("named").restarts);  // By hand, all begins anew.
}

TEST_F(GivingUp, AFlappingTemplateWaitsAsAWhole) {
  start_gafferd_with(
      section("web", "exit 1", "numprocesses = 2\nflapping = attempts=3, window=60, retry_in=1h"));
  ASSERT_TRUE(
      eventually([this] { return process("web", 1).is_held && process("web", 2).is_held; }));
  for (const int slot : {1, 2}) {
    const ProcessInfo info = process("web", slot);
    EXPECT_EQ(ProcessState::Waiting, info.state);
    EXPECT_EQ("flapping, 3 ends within 1m00s, pause 1 of 5", info.reason);
    EXPECT_GT(*info.next_start, minutes(50));
  }
  const std::string why = gaffer({"why", "web"}).out;
  EXPECT_TRUE(why.starts_with("web.1: flapping, 3 ends within 1m00s, pause 1 of 5, next start in "))
      << why;
}

TEST_F(GivingUp, WithoutFlappingItIsTriedForEver) {
  start_gafferd_with(section("web", "exit 1", "backoff = 0"));
  EXPECT_TRUE(eventually([this] { return process("web").restarts > 50; }));
}

TEST_F(GivingUp, TheFirstRestartIsAtOnceAndTheNextAfterThePause) {
  start_gafferd_with(section("web", "exit 1", "backoff = base=1h, cap=1h, jitter=0"));
  ASSERT_TRUE(eventually([this] {
    const ProcessInfo info = process("web");
    return info.restarts == 1 && info.state == ProcessState::Waiting;
  }));
  EXPECT_GT(*process("web").next_start, minutes(50));
  EXPECT_LE(*process("web").next_start, minutes(60));
  EXPECT_EQ("exit code 1", process("web").reason);
}

TEST_F(GivingUp, WhatHasSucceededIsNotStartedAgainOnFailureOnly) {
  start_gafferd_with(section("job", "exit 3", "restart = on-failure\nsuccess_exit_codes = 0, 3") +
                     section("fails", "exit 1", "restart = on-failure") +
                     section("killed", "kill-self 9", "restart = on-failure"));
  EXPECT_TRUE(wait_until_state("job", ProcessState::Stopped));
  EXPECT_EQ("exit code 3", process("job").reason);
  EXPECT_EQ(0U, process("job").restarts);
  EXPECT_TRUE(eventually([this] { return process("fails").restarts > 1; }));
  EXPECT_TRUE(eventually([this] { return process("killed").restarts > 1; }));
}

TEST_F(GivingUp, AlwaysIsAlsoAfterASuccessAndNeverAlsoAfterAFailure) {
  start_gafferd_with(section("always", "exit 0") + section("never", "exit 1", "restart = never"));
  EXPECT_TRUE(eventually([this] { return process("always").restarts > 1; }));
  EXPECT_TRUE(wait_until_state("never", ProcessState::Stopped));
  EXPECT_EQ(0U, process("never").restarts);
  EXPECT_EQ("exit code 1", process("never").reason);
}

}  // namespace
}  // namespace gaffer::test
