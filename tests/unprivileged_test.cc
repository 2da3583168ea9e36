/// A gafferd that is not root: what it cannot do it says, and does the rest.

#include <pwd.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "support/daemon.h"
#include "support/real_process.h"

namespace gaffer::test {
namespace {

/// Runs gafferd as nobody where the tests are run by root.
class Unprivileged : public ProgramsTest {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) return;
    const passwd* nobody = ::getpwnam("nobody");  // NOLINT(concurrency-mt-unsafe)
    for (const char* place : {"", "work", "gaffer"})
      ASSERT_EQ(0, ::chown(dir_.path(place).c_str(), nobody->pw_uid, nobody->pw_gid));
    if (run(as_nobody(command("gafferd", {"--version"}))).status != 0)
      GTEST_SKIP() << "nobody cannot reach " << program("gafferd");
  }

  void start_unprivileged_gafferd_with(const std::string& ini) {
    write("gaffer.ini", ini);
    const Command gafferd = command("gafferd", {"-c", "gaffer.ini"});
    start_gafferd_as(::geteuid() == 0 ? as_nobody(gafferd) : gafferd);
  }
  static Command as_nobody(Command command) {
    const std::vector<std::string> become = {"/usr/bin/setpriv", "--reuid=nobody",
                                             "--regid=nogroup", "--clear-groups"};
    command.argv.insert(command.argv.begin(), become.begin(), become.end());
    return command;
  }
  [[nodiscard]] RealProcess real(const std::string& name) const {
    return RealProcess(process(name).os_pid);
  }
};

TEST_F(Unprivileged, ItsProcessesAreWhoItIs) {
  start_unprivileged_gafferd_with(section("web", "sleep"));
  const RealProcess gafferd(gafferd_->pid());
  ASSERT_FALSE(gafferd.status("Uid").starts_with("0\t"));
  for (const char* key : {"Uid", "Gid", "Groups", "CapEff", "CapPrm"})
    EXPECT_EQ(gafferd.status(key), real("web").status(key)) << key;
}

TEST_F(Unprivileged, AnotherUserIsAReasonNotToRun) {
  start_unprivileged_gafferd_with(section("user", "sleep", "uid = root") +
                                  section("group", "sleep", "gid = daemon"));
  EXPECT_EQ(ProcessState::Waiting, process("user").state);
  EXPECT_EQ("cannot change to group 0: operation not permitted", process("user").reason);
  EXPECT_EQ(ProcessState::Waiting, process("group").state);
  EXPECT_EQ("cannot change to group 1: operation not permitted", process("group").reason);
}

TEST_F(Unprivileged, AFavourThatIsRefusedIsNoReasonNotToRun) {
  start_unprivileged_gafferd_with(
      section("nice", "sleep", "nice = -5") + section("disk", "sleep", "ionice = realtime:0") +
      section("memory", "sleep", "oom_score_adj = -500") +
      section("all", "sleep", "nice = -5\nionice = realtime:0\noom_score_adj = -500"));
  const std::string why = gaffer({"why", "nice"}).out;
  EXPECT_TRUE(why.starts_with("nice.1: running for ")) << why;
  EXPECT_TRUE(why.ends_with(", nice -5 refused: permission denied\n")) << why;
  EXPECT_EQ("ionice realtime:0 refused: operation not permitted", process("disk").reason);
  EXPECT_EQ("oom_score_adj -500 refused: permission denied", process("memory").reason);
  EXPECT_EQ(
      "nice -5 refused: permission denied, ionice realtime:0 refused: operation not "
      "permitted, oom_score_adj -500 refused: permission denied",
      process("all").reason);
  for (const char* name : {"nice", "disk", "memory", "all"})
    EXPECT_EQ(ProcessState::Running, process(name).state) << name;
}

TEST_F(Unprivileged, WhatEverybodyMayAskForIsDone) {
  const std::string last = std::to_string(::sysconf(_SC_NPROCESSORS_ONLN) - 1);
  start_unprivileged_gafferd_with(
      section("web", "print ready sleep",
              "nice = 5\noom_score_adj = 500\numask = 077\nrlimits = nofile=100\npty = yes\n"
              "cpu_affinity = " +
                  last));
  const pid_t pid = process("web").os_pid;
  const RealProcess web(pid);
  EXPECT_EQ(5, ::getpriority(PRIO_PROCESS, static_cast<id_t>(pid)));
  EXPECT_EQ("500\n", web.text("oom_score_adj"));
  EXPECT_EQ("0077", web.status("Umask"));
  EXPECT_EQ("100 100", web.limit("Max open files"));
  EXPECT_EQ(last, web.status("Cpus_allowed_list"));
  EXPECT_EQ("", process("web").reason);
  EXPECT_TRUE(wait_until_logged("web", "ready\r"));
}

TEST_F(Unprivileged, AHardLimitCannotBeRaised) {
  start_unprivileged_gafferd_with(section("web", "sleep", "rlimits = rtprio=50"));
  EXPECT_EQ(ProcessState::Waiting, process("web").state);
  EXPECT_EQ("cannot limit rtprio to 50: operation not permitted", process("web").reason);
}

TEST_F(Unprivileged, ADirectoryThatIsForbiddenIsWaitedFor) {
  const std::string place = dir_.path("work/place");
  std::filesystem::create_directory(place);
  ASSERT_EQ(0, ::chmod(place.c_str(), 0));
  start_unprivileged_gafferd_with(
      section("web", "sleep", "cwd = place\nbackoff = base=10ms, cap=10ms"));
  EXPECT_EQ(ProcessState::Waiting, process("web").state);
  EXPECT_EQ("cannot change to directory " + place + ": permission denied", process("web").reason);
  ASSERT_EQ(0, ::chmod(place.c_str(), 0755));
  EXPECT_TRUE(eventually([this] { return process("web").state == ProcessState::Running; }));
  EXPECT_EQ(place, real("web").link("cwd"));
}

}  // namespace
}  // namespace gaffer::test
