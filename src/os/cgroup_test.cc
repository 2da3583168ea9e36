#include "os/cgroup.h"

#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>

#include <gtest/gtest.h>

#include "os/files.h"
#include "support/spawn_fixture.h"
#include "support/temp_dir.h"

namespace gaffer::os {
namespace {

constexpr auto kMounts =
    "24 1 8:1 / / rw - ext4 /dev/sda1 rw\n"
    "30 24 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw\n";

TEST(CgroupDirectory, IsTheMountWithThisProcesssPath) {
  EXPECT_EQ("/sys/fs/cgroup/system.slice/a.service",
            cgroup_directory(kMounts, "0::/system.slice/a.service\n").value());
  EXPECT_EQ("/sys/fs/cgroup", cgroup_directory(kMounts, "0::/\n").value());
}

TEST(CgroupDirectory, IsTheOneOfVersion2WhereBothAreMounted) {
  constexpr auto kHybrid =
      "31 24 0:27 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
      "32 24 0:28 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n";
  EXPECT_EQ("/sys/fs/cgroup/unified/mine",
            cgroup_directory(kHybrid, "4:memory:/other\n1:name=systemd:/x\n0::/mine\n").value());
}

TEST(CgroupDirectory, LeavesOutWhatTheMountDoesNotShow) {
  constexpr auto kContainer = "30 24 0:26 /docker/12ab /sys/fs/cgroup ro - cgroup2 cgroup rw\n";
  EXPECT_EQ("/sys/fs/cgroup", cgroup_directory(kContainer, "0::/docker/12ab\n").value());
  EXPECT_EQ("/sys/fs/cgroup/x", cgroup_directory(kContainer, "0::/docker/12ab/x\n").value());
  EXPECT_EQ(Errc::NotFound, cgroup_directory(kContainer, "0::/docker/12abc\n").error().code);
  EXPECT_EQ(Errc::NotFound, cgroup_directory(kContainer, "0::/docker\n").error().code);
}

TEST(CgroupDirectory, IsNotFoundBeyondTheRootOfTheNamespace) {
  EXPECT_EQ(Errc::NotFound, cgroup_directory(kMounts, "0::/../b\n").error().code);
  EXPECT_EQ("/sys/fs/cgroup/..b", cgroup_directory(kMounts, "0::/..b\n").value());
}

TEST(CgroupDirectory, KnowsTheEscapesOfMountinfo) {
  constexpr auto kBlank = "30 24 0:26 /a\\134b /mnt/my\\040cgroups\\0 rw - cgroup2 cgroup2 rw\n";
  EXPECT_EQ("/mnt/my cgroups\\0/c", cgroup_directory(kBlank, "0::/a\\b/c\n").value());
}

TEST(CgroupDirectory, NeedsVersion2) {
  EXPECT_EQ("cannot find the cgroup of this process: cgroup v2 is not mounted here",
            cgroup_directory("24 1 8:1 / / rw - ext4 cgroup2 rw\n", "0::/\n").error().message);
  EXPECT_EQ(Errc::NotFound, cgroup_directory(kMounts, "4:memory:/other\n").error().code);
  EXPECT_EQ(Errc::NotFound, cgroup_directory("", "").error().code);
}

/// A directory that looks like a cgroup with files that are like its control files.
class CgroupFiles : public testing::Test {
 protected:
  void has(const std::string& file, const std::string& content = "") const {
    directory_.write("web.1/" + file, content);
  }

  test::TempDir directory_;
  Cgroup cgroup_ = std::move(Cgroup::create(directory_.path(), "web.1").value());  // NOLINT
};

TEST_F(CgroupFiles, LimitsAreWritten) {
  has("memory.max");
  has("cpu.max");
  has("pids.max");
  ASSERT_TRUE(cgroup_.limit({.memory_bytes = 1 << 20, .processors = 0.5, .pids = 7}).has_value());
  EXPECT_EQ("1048576", directory_.read("web.1/memory.max"));
  EXPECT_EQ("50000 100000", directory_.read("web.1/cpu.max"));
  EXPECT_EQ("7", directory_.read("web.1/pids.max"));
}

TEST_F(CgroupFiles, AControllerThatIsNotHereIsNamed) {
  EXPECT_EQ("cannot limit memory: cgroup v2 has no memory controller here",
            cgroup_.limit({.memory_bytes = 1}).error().message);
  directory_.write("cgroup.controllers", "cpuset memory\n");
  EXPECT_EQ("cannot limit cpu: cgroup v2 has no cpu controller here",
            cgroup_.limit({.processors = 1}).error().message);
}

TEST_F(CgroupFiles, AControllerIsAskedForAbove) {
  directory_.write("cgroup.controllers", "cpuset cpu memory pids\n");
  directory_.write("cgroup.subtree_control", "");
  EXPECT_EQ(ENOENT, cgroup_.limit({.pids = 7}).error().os);  // These files make no others.
  EXPECT_EQ("+pids", directory_.read("cgroup.subtree_control"));
}

TEST_F(CgroupFiles, AControllerThatIsHereIsNotAskedForAgain) {
  has("pids.max");
  directory_.write("cgroup.subtree_control", "");
  ASSERT_TRUE(cgroup_.limit({.pids = 7}).has_value());
  EXPECT_EQ("", directory_.read("cgroup.subtree_control"));
}

TEST_F(CgroupFiles, KillNeedsItsFile) {
  EXPECT_EQ(Errc::NotFound, cgroup_.kill().error().code);
  has("cgroup.kill");
  ASSERT_TRUE(cgroup_.kill().has_value());
  EXPECT_TRUE(cgroup_.was_killed());
  EXPECT_EQ("1", directory_.read("web.1/cgroup.kill"));
}

TEST_F(CgroupFiles, EventsAreRead) {
  has("cgroup.events", "populated 1\nfrozen 0\n");
  has("memory.events", "low 0\nhigh 0\nmax 9\noom 4\noom_kill 3\noom_group_kill 0\n");
  EXPECT_TRUE(cgroup_.is_populated().value());
  EXPECT_EQ(3U, cgroup_.oom_kills());
  has("cgroup.events", "populated 0\nfrozen 1\n");
  EXPECT_FALSE(cgroup_.is_populated().value());
}

TEST_F(CgroupFiles, NothingIsKilledForMemoryWhereMemoryIsNotCounted) {
  EXPECT_EQ(0U, cgroup_.oom_kills());
}

TEST(CgroupsLeftBehind, AreRemovedWithThoseInThemAsFarAsTheyAreEmpty) {
  const test::TempDir dir;
  std::filesystem::create_directories(dir.path("gaffer.1/web.1.1"));
  std::filesystem::create_directories(dir.path("gaffer.2/web.1.1/populated"));
  EXPECT_EQ(2U, cgroups_in(dir.path()).size());
  remove_empty_cgroups(dir.path("gaffer.1"));
  remove_empty_cgroups(dir.path("gaffer.2"));
  EXPECT_EQ(std::vector<std::string>{"gaffer.2"}, cgroups_in(dir.path()));
  EXPECT_EQ(std::vector<std::string>{}, cgroups_in(dir.path("none")));
}

TEST_F(CgroupFiles, AFailureToMakeOneIsNamed) {
  const std::string path = directory_.path("none");
  EXPECT_EQ("cannot create cgroup " + path + "/x: no such file or directory",
            Cgroup::create(path, "x").error().message);
}

/// The kernel's own.
class CgroupTest : public test::SpawnFixture {
 protected:
  void SetUp() override {
    const auto parent = own_cgroup_directory();
    if (!parent) GTEST_SKIP() << parent.error().message;
    parent_ = *parent;
    if (::access(parent_.c_str(), W_OK) != 0) GTEST_SKIP() << "may make no cgroup in " << parent_;
  }

  [[nodiscard]] Cgroup make() const { return std::move(Cgroup::create(parent_, name_).value()); }
  [[nodiscard]] std::string path() const { return parent_ + "/" + name_; }

  static std::string read(const std::string& file) { return read_file(file).value(); }

  /// Waits until nobody is in it, which the kernel tells.
  void wait_until_empty(const Cgroup& cgroup) const {
    constexpr int kPatience = 20000;
    std::FILE* events = std::fopen((path() + "/cgroup.events").c_str(), "re");
    while (cgroup.is_populated().value()) {
      pollfd wanted{::fileno(events), POLLPRI, 0};
      ASSERT_EQ(1, ::poll(&wanted, 1, kPatience));
      std::rewind(events);  // Only what was read since can change.
      ASSERT_NE(EOF, std::fgetc(events));
    }
    std::fclose(events);
  }

  std::string parent_;
  std::string name_ = "gaffer-test-" + std::to_string(::getpid());
};

/// From now on clone3 does not exist for this process and those that it makes, if this is true.
bool forbid_clone3() {
  sock_filter filter[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),  // The number of the call.
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone3, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  const sock_fprog program{4, filter};
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
  return ::syscall(SYS_clone3, nullptr, 0) < 0 && errno == ENOSYS;
}

TEST_F(CgroupTest, AProcessIsInItFromItsFirstInstruction) {
  const Cgroup cgroup = make();
  SpawnPlan plan = shell("exec grep ^0:: /proc/self/cgroup");
  plan.cgroup = cgroup.descriptor();
  const std::string output = output_of(plan);
  EXPECT_NE(std::string::npos, output.find("/" + name_ + "\n")) << output;
  EXPECT_EQ(std::string::npos, read_file("/proc/self/cgroup").value().find(name_));
}

TEST_F(CgroupTest, AProcessGoesThereByItselfWhereClone3IsForbidden) {
  const Cgroup cgroup = make();
  SpawnPlan plan = shell("exec grep ^0:: /proc/self/cgroup");
  plan.cgroup = cgroup.descriptor();
  const std::string output = test::said_in_a_copy(
      [&] { return forbid_clone3() ? output_of(plan) : "cannot forbid clone3"; });
  EXPECT_NE(std::string::npos, output.find("/" + name_ + "\n")) << output;
}

TEST_F(CgroupTest, ACgroupThatIsNoneFailsTheLaunch) {
  SpawnPlan plan = puppet({"exit", "0"});
  const test::TempDir directory;
  const UniqueFd no_cgroup(::open(directory.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  plan.cgroup = no_cgroup.get();
  EXPECT_EQ("cannot create a process in the cgroup: bad file descriptor",
            spawner_.spawn(plan).error().message);
}

TEST_F(CgroupTest, NobodyInItOutlivesAKill) {
  const Cgroup cgroup = make();
  Pipe pipe = std::move(make_pipe().value());
  // In sessions of their own, where no signal to a group reaches them.
  SpawnPlan plan =
      shell("i=0; while [ $i -lt 200 ]; do setsid sleep 300 & i=$((i+1)); done; echo ready; wait");
  plan.cgroup = cgroup.descriptor();
  plan.stdio[1] = pipe.write.get();
  const Child child = start(plan);
  pipe.write.reset();
  ASSERT_TRUE(test::wait_readable(pipe.read.get()));
  EXPECT_TRUE(cgroup.is_populated().value());
  ASSERT_TRUE(cgroup.kill().has_value());
  EXPECT_EQ("ready\n", test::read_to_end(pipe.read.get()));
  wait_until_empty(cgroup);
  EXPECT_FALSE(cgroup.is_populated().value());
}

TEST_F(CgroupTest, WhoIsAloneInACgroupMakesRoomToHandDownAController) {
  std::ifstream controllers(parent_ + "/cgroup.controllers");
  std::string controller;
  if (!(controllers >> controller)) GTEST_SKIP() << "no controller in " << parent_;
  // As in a unit of systemd: the cgroup is ours, and we are in it.
  const std::string handed_down_before = read(parent_ + "/cgroup.subtree_control");
  std::ofstream(parent_ + "/cgroup.subtree_control") << "+" << controller;
  const Cgroup unit = make();
  std::filesystem::create_directory(path() + "/gaffer.1");
  const pid_t child = ::fork();
  if (child == 0) {
    std::ofstream(path() + "/cgroup.procs") << ::getpid() << std::flush;
    const auto enabled = enable_controller(controller, path() + "/gaffer.1");
    const auto own = own_cgroup_directory();
    ::_exit(enabled && own && *own == path() + "/gaffer.1/daemon" ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(child, ::waitpid(child, &status, 0));
  EXPECT_EQ(0, status);
  EXPECT_EQ(controller + "\n", read(path() + "/gaffer.1/cgroup.subtree_control"));
  remove_empty_cgroups(path() + "/gaffer.1");
  if (handed_down_before.find(controller) == std::string::npos)
    std::ofstream(parent_ + "/cgroup.subtree_control") << "-" << controller;
}

TEST_F(CgroupTest, IsGoneInTheEnd) {
  { const Cgroup cgroup = make(); }
  EXPECT_FALSE(std::filesystem::exists(path()));
}

TEST_F(CgroupTest, IsLeftAndNotTakenAgainWhileAProcessIsInIt) {
  std::optional<Cgroup> cgroup(make());
  SpawnPlan plan = puppet({"sleep"});
  plan.cgroup = cgroup->descriptor();
  {
    const Child child = start(plan);
    cgroup.reset();
    EXPECT_TRUE(std::filesystem::exists(path()));
    const auto again = Cgroup::create(parent_, name_);
    EXPECT_EQ("cannot create cgroup " + path() + ": there are processes in it",
              again.error().message);
    EXPECT_EQ(Errc::Busy, again.error().code);
  }
  cgroup.emplace(make());  // The child is reaped, so it is empty.
}

}  // namespace
}  // namespace gaffer::os
