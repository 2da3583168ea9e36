#include "os/child_setup.h"

#include <grp.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "os/files.h"
#include "support/spawn_fixture.h"

namespace gaffer::os {
namespace {

class ChildSetup : public test::SpawnFixture {
 protected:
  /// A processor that this process may run on.
  static int some_processor() {
    cpu_set_t mine;
    sched_getaffinity(0, sizeof(mine), &mine);
    for (int processor = 0; processor < CPU_SETSIZE; ++processor) {
      if (CPU_ISSET(processor, &mine)) return processor;
    }
    return -1;
  }

  /// A user that has no process.
  static Identity nobody_else() {
    constexpr uid_t kFarAway = 1'000'000;
    const uid_t user = kFarAway + static_cast<uid_t>(::getpid());
    return {user, user, {}};
  }

  static void become(const Identity& who) {
    ASSERT_EQ(0, setgroups(0, nullptr));
    ASSERT_EQ(0, setresgid(who.group, who.group, who.group));
    ASSERT_EQ(0, setresuid(who.user, who.user, who.user));
    // As it is for a program that was started by that user: else its /proc files are root's.
    ASSERT_EQ(0, prctl(PR_SET_DUMPABLE, 1));
  }
};

TEST_F(ChildSetup, TheLimitsAreThePlans) {
  SpawnPlan plan = shell("ulimit -Sn; ulimit -Hn; ulimit -Sc; ulimit -Hc");
  plan.limits = {{"nofile", {.soft = 100, .hard = 200}}, {"core", {.soft = 0, .hard = 0}}};
  EXPECT_EQ("100\n200\n0\n0\n", output_of(plan));
}

TEST_F(ChildSetup, ALimitByNameGoesBeforeTheDescriptorLimit) {
  SpawnPlan plan = shell("ulimit -Sn; ulimit -Hn");
  plan.descriptor_limit = 50;
  plan.limits = {{"nofile", {.soft = 100, .hard = 200}}};
  EXPECT_EQ("100\n200\n", output_of(plan));
}

TEST_F(ChildSetup, ALimitThatIsRefusedFailsTheLaunchByName) {
  SpawnPlan plan = puppet({"exit", "0"});
  plan.limits = {{"core", {.soft = 0, .hard = 0}},
                 {"nofile", {.soft = 2'000'000'000, .hard = 2'000'000'000}}};  // > fs.nr_open
  EXPECT_EQ("cannot limit nofile to 2000000000: operation not permitted",
            spawner_.spawn(plan).error().message);
  EXPECT_EQ(-1, ::waitpid(-1, nullptr, WNOHANG)) << "a zombie was left";
}

TEST_F(ChildSetup, ALimitWithoutSuchANameFailsTheLaunch) {
  SpawnPlan plan = puppet({"exit", "0"});
  plan.limits = {{"nofiles", {}}};
  EXPECT_EQ(Errc::InvalidArgument, spawner_.spawn(plan).error().code);
}

TEST_F(ChildSetup, ALimitOfProcessesHoldsForTheUserThatTheChildBecomes) {
  if (own_user() != 0) GTEST_SKIP() << "needs root";
  SpawnPlan plan = shell("/bin/true; echo forked");
  plan.identity = nobody_else();
  plan.limits = {{"nproc", {.soft = 1, .hard = 1}}};
  const std::string output = output_of(plan);
  EXPECT_NE(std::string::npos, output.find("Cannot fork")) << output;
}

TEST_F(ChildSetup, AUserWithTooManyProcessesGetsNoFurtherOne) {
  if (own_user() != 0) GTEST_SKIP() << "needs root";
  SpawnPlan plan = puppet({"sleep"});
  plan.identity = nobody_else();
  const Child first = start(plan);
  plan.limits = {{"nproc", {.soft = 0, .hard = 0}}};
  const Error refusal = spawner_.spawn(plan).error();
  EXPECT_EQ("cannot execute " + test::puppet() +
                ": the user has more processes than the limit nproc allows",
            refusal.message);
  EXPECT_EQ(Errc::LimitReached, refusal.code);
}

TEST_F(ChildSetup, PrioritiesAreThePlans) {
  const int processor = some_processor();
  SpawnPlan plan =
      shell("nice; ionice; cat /proc/self/oom_score_adj; grep Cpus_allowed_list /proc/self/status");
  plan.niceness = 7;
  plan.io_priority = {IoPriority::Class::BestEffort, 6};
  plan.processors = {processor};
  plan.oom_score_adj = 500;
  EXPECT_EQ("7\nbest-effort: prio 6\n500\nCpus_allowed_list:\t" + std::to_string(processor) + "\n",
            output_of(plan));
  EXPECT_EQ(std::vector<std::string>(), start(plan).refused());
}

// The child writes its own value while it shares this process's memory.
TEST_F(ChildSetup, ThisProcessKeepsItsOwnPriorities) {
  const auto mine = [] {
    return read_file("/proc/self/oom_score_adj").value() +
           std::to_string(::getpriority(PRIO_PROCESS, 0));
  };
  const std::string before = mine();
  SpawnPlan plan = puppet({"exit", "0"});
  plan.niceness = 7;
  plan.oom_score_adj = 500;
  start(plan);
  EXPECT_EQ(before, mine());
}

TEST_F(ChildSetup, APriorityThatIsRefusedIsToldAndTheProcessRuns) {
  SpawnPlan plan = puppet({"exit", "3"});
  plan.processors = {8000, 8001};
  const Child child = start(plan);
  EXPECT_EQ(std::vector<std::string>({"cpu_affinity 8000,8001 refused: invalid argument"}),
            child.refused());
  EXPECT_EQ(ExitStatus{.code = 3}, wait_for(child));
}

TEST_F(ChildSetup, WhoHasNoRightsIsRefusedWhatNeedsThem) {
  if (own_user() != 0) GTEST_SKIP() << "needs root";
  SpawnPlan plan = shell("exit 0");
  plan.niceness = -5;
  plan.io_priority = {IoPriority::Class::Realtime, 0};
  plan.oom_score_adj = -500;
  const std::string refused = test::said_in_a_copy([&] {
    become(nobody_else());
    std::string words;
    const Child child = start(plan);
    for (const std::string& refusal : child.refused())
      words += refusal + "\n";
    return words;
  });
  EXPECT_EQ(
      "nice -5 refused: permission denied\n"
      "ionice realtime:0 refused: operation not permitted\n"
      "oom_score_adj -500 refused: permission denied\n",
      refused);
}

TEST_F(ChildSetup, WhoHasNoRightsMayStillAskForLess) {
  if (own_user() != 0) GTEST_SKIP() << "needs root";
  SpawnPlan plan = shell("nice; ionice; cat /proc/self/oom_score_adj; ulimit -n");
  plan.niceness = 5;
  plan.io_priority = {IoPriority::Class::Idle};
  plan.oom_score_adj = 300;
  plan.limits = {{"nofile", {.soft = 100, .hard = 100}}};
  const std::string output = test::said_in_a_copy([&] {
    become(nobody_else());
    return output_of(plan);
  });
  EXPECT_EQ("5\nidle\n300\n100\n", output);
}

}  // namespace
}  // namespace gaffer::os
