/// What a template asks of the kernel, looked at on the real process.

#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "os/cgroup.h"
#include "support/daemon.h"
#include "support/real_process.h"

namespace gaffer::test {
namespace {

class Properties : public ProgramsTest {
 protected:
  [[nodiscard]] RealProcess real(const std::string& name) const {
    return RealProcess(process(name).os_pid);
  }
};

TEST_F(Properties, TheUmaskIsTheTemplates) {
  start_gafferd_with(section("mask", "sleep", "umask = 027") + section("none", "sleep"));
  EXPECT_EQ("0027", real("mask").status("Umask"));
  EXPECT_EQ(RealProcess(gafferd_->pid()).status("Umask"), real("none").status("Umask"));
}

TEST_F(Properties, TheDirectoryIsTheTemplates) {
  start_gafferd_with(section("web", "sleep", "cwd = /usr/bin") + section("none", "sleep"));
  EXPECT_EQ("/usr/bin", real("web").link("cwd"));
  EXPECT_EQ(dir_.path("work"), real("none").link("cwd"));
}

TEST_F(Properties, LimitsAreThoseOfTheTemplate) {
  start_gafferd_with(section(
      "web", "sleep", "rlimits = nofile=100:200, core=0, cpu=5:unlimited, stack=1M, fsize=1K:2K"));
  const RealProcess web = real("web");
  EXPECT_EQ("100 200", web.limit("Max open files"));
  EXPECT_EQ("0 0", web.limit("Max core file size"));
  EXPECT_EQ("5 unlimited", web.limit("Max cpu time"));
  EXPECT_EQ("1048576 1048576", web.limit("Max stack size"));
  EXPECT_EQ("1024 2048", web.limit("Max file size"));
}

// gafferd raises its own; what a program expects is what everybody has.
TEST_F(Properties, TheLimitOfOpenFilesIsTheOneGafferdWasStartedWith) {
  write("gaffer.ini", section("web", "sleep"));
  Command gafferd = command("gafferd", {"-c", "gaffer.ini"});
  gafferd.descriptor_limit = 321;
  start_gafferd_as(gafferd);
  EXPECT_EQ("321", RealProcess::words_of(real("web").limit("Max open files")).at(0));
}

TEST_F(Properties, TheSharesOfProcessorsAndDisksAreTheTemplates) {
  start_gafferd_with(section("web", "sleep", "nice = 7\nionice = best-effort:6") +
                     section("idle", "sleep", "ionice = idle") + section("none", "sleep"));
  constexpr int kOfProcess = 1;  // IOPRIO_WHO_PROCESS, and the classes, of linux/ioprio.h
  constexpr int kBestEffort = 2 << 13;
  constexpr int kIdle = 3 << 13;
  const pid_t web = process("web").os_pid;
  EXPECT_EQ(7, ::getpriority(PRIO_PROCESS, static_cast<id_t>(web)));
  EXPECT_EQ(kBestEffort | 6, ::syscall(SYS_ioprio_get, kOfProcess, web));
  EXPECT_EQ(kIdle, ::syscall(SYS_ioprio_get, kOfProcess, process("idle").os_pid) & kIdle);
  EXPECT_EQ(::getpriority(PRIO_PROCESS, 0),
            ::getpriority(PRIO_PROCESS, static_cast<id_t>(process("none").os_pid)));
  EXPECT_EQ("", process("web").reason);
}

TEST_F(Properties, AProcessRunsOnItsProcessors) {
  const std::string last = std::to_string(::sysconf(_SC_NPROCESSORS_ONLN) - 1);
  start_gafferd_with(section("web", "sleep", "cpu_affinity = " + last) + section("none", "sleep"));
  EXPECT_EQ(last, real("web").status("Cpus_allowed_list"));
  EXPECT_EQ(RealProcess(gafferd_->pid()).status("Cpus_allowed_list"),
            real("none").status("Cpus_allowed_list"));
}

TEST_F(Properties, AProcessorThatIsNotThereIsNoReasonNotToRun) {
  start_gafferd_with(section("web", "sleep", "cpu_affinity = 1023"));
  EXPECT_EQ(ProcessState::Running, process("web").state);
  EXPECT_EQ("cpu_affinity 1023 refused: invalid argument", process("web").reason);
}

TEST_F(Properties, TheKernelKnowsWhomToKillFirst) {
  start_gafferd_with(section("web", "sleep", "oom_score_adj = 700"));
  EXPECT_EQ("700\n", real("web").text("oom_score_adj"));
  EXPECT_EQ(RealProcess(::getpid()).text("oom_score_adj"),
            RealProcess(gafferd_->pid()).text("oom_score_adj"));
}

TEST_F(Properties, ALimitThatTheKernelCannotHoldIsAReasonNotToRun) {
  const auto place = os::own_cgroup_directory();
  const auto controllers = RealProcess::words_of(
      place ? os::read_file(*place + "/cgroup.controllers").value_or("") : "");
  start_gafferd_with(section("memory", "sleep", "memory_limit = 64M") +
                     section("cpu", "sleep", "cpu_limit = 0.5") +
                     section("pids", "sleep", "pids_limit = 5") + section("none", "sleep"));
  EXPECT_EQ(ProcessState::Running, process("none").state);
  for (const std::string name : {"memory", "cpu", "pids"}) {
    if (std::ranges::find(controllers, name) != controllers.end())
      GTEST_SKIP() << "cgroup v2 has a " << name << " controller here";
    const ProcessInfo info = process(name);
    EXPECT_EQ(ProcessState::Waiting, info.state) << name;
    EXPECT_TRUE(info.reason.starts_with("cannot limit ")) << info.reason;
    EXPECT_NE(std::string::npos, info.reason.find(name)) << info.reason;
  }
}

TEST_F(Properties, AProcessHasACgroupOfItsOwnUntilGafferdEnds) {
  const auto place = os::own_cgroup_directory();
  if (!place || !os::Cgroup::create(*place, "gaffer-test-" + std::to_string(::getpid())))
    GTEST_SKIP() << "no cgroup v2 can be made here";
  start_gafferd_with(section("web", "sleep", "numprocesses = 2"));
  const std::string ours = "gaffer." + std::to_string(gafferd_->pid());
  const auto pids = os_pids("web");
  ASSERT_EQ(2U, pids.size());
  EXPECT_TRUE(RealProcess(pids[0]).cgroup().ends_with("/" + ours + "/web.1.1"));
  EXPECT_TRUE(RealProcess(pids[1]).cgroup().ends_with("/" + ours + "/web.2.2"));
  EXPECT_EQ(RealProcess(::getpid()).cgroup(), RealProcess(gafferd_->pid()).cgroup());
  EXPECT_TRUE(std::filesystem::exists(*place + "/" + ours));
  end_gafferd();
  EXPECT_FALSE(std::filesystem::exists(*place + "/" + ours));
}

TEST_F(Properties, AProcessIsAskedToStopByTheSignalOfItsTemplate) {
  start_gafferd_with(section("web", "ignore-term print ready sleep", "stop_signal = INT"));
  ASSERT_TRUE(wait_until_logged("web", "ready"));
  EXPECT_EQ("web: 1 stopped\n", gaffer({"stop", "web"}).out);
  EXPECT_EQ(SIGINT, process("web").last_exit->status.signal);
}

TEST_F(Properties, PatienceEndsWithTheGracefulTimeout) {
  start_gafferd_with(section("deaf", "ignore-term print ready sleep", "graceful_timeout = 50ms") +
                     section("slow", "clean-up-on-term 300 print ready sleep"));
  ASSERT_TRUE(wait_until_logged("deaf", "ready"));
  ASSERT_TRUE(wait_until_logged("slow", "ready"));
  EXPECT_EQ("deaf: 1 stopped\nslow: 1 stopped\n", gaffer({"stop", "--all"}).out);
  EXPECT_EQ(SIGKILL, process("deaf").last_exit->status.signal);
  EXPECT_EQ(7, process("slow").last_exit->status.code);
}

TEST_F(Properties, ATemplateMayBeLoadedWithoutBeingStarted) {
  start_gafferd_with(section("web", "sleep", "start = no"));
  EXPECT_EQ(ProcessState::Stopped, process("web").state);
  EXPECT_EQ("web: 1 running\n", gaffer({"start", "web"}).out);
}

TEST_F(Properties, TheLowestPriorityIsStartedFirst) {
  start_gafferd_with(section("last", "sleep") + section("first", "sleep", "priority = 1"));
  EXPECT_EQ(1U, process("first").pid);
  EXPECT_EQ(2U, process("last").pid);
}

}  // namespace
}  // namespace gaffer::test
