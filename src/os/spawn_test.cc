#include "os/spawn.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "os/files.h"
#include "os/proc_fs.h"
#include "support/programs.h"
#include "support/spawn_fixture.h"
#include "support/temp_dir.h"

namespace gaffer::os {
namespace {

using test::read_to_end;
using test::wait_readable;

class SpawnTest : public test::SpawnFixture {};

TEST_F(SpawnTest, TellsHowTheProcessEnded) {
  EXPECT_EQ(ExitStatus{.code = 3}, wait_for(start(puppet({"exit", "3"}))));
  EXPECT_EQ(ExitStatus{.signal = SIGKILL}, wait_for(start(puppet({"kill-self", "9"}))));
}

TEST_F(SpawnTest, AProcessStillRunningHasNoStatus) {
  const Child child = start(puppet({"sleep"}));
  EXPECT_EQ(std::nullopt, child.exit_status().value());
}

TEST_F(SpawnTest, TheProcessLeadsItsOwnSessionAndGroup) {
  Pipe pipe = std::move(make_pipe().value());
  SpawnPlan plan = puppet({"print-ids"});
  plan.stdio[1] = pipe.write.get();
  const Child child = start(plan);
  pipe.write.reset();
  const std::string pid = std::to_string(child.pid());
  EXPECT_EQ(pid + " " + pid + " " + pid + "\n", read_to_end(pipe.read.get()));
}

TEST_F(SpawnTest, SeesNoDescriptorOfOursButTheStandardOnes) {
  std::vector<UniqueFd> ours;
  for (int i = 0; i < 500; ++i)
    ours.emplace_back(::open("/dev/null", O_RDONLY));  // NOLINT: leaks on purpose
  EXPECT_EQ("0 1 2 \n", output_of(puppet({"print-descriptors"})));
}

TEST_F(SpawnTest, StandardDescriptorsMayComeFromEachOthersPlaces) {
  // Give the child our 2 as its 0, a pipe as its 1, and our 0 as its 2, by way of copies.
  Pipe pipe = std::move(make_pipe().value());
  SpawnPlan plan = puppet({"print", "out", "print-error", "lost"});
  plan.stdio = {2, pipe.write.get(), 0};
  const Child child = start(plan);
  pipe.write.reset();
  EXPECT_EQ("out\n", read_to_end(pipe.read.get()));
}

TEST_F(SpawnTest, NoSignalIsBlockedOrIgnored) {
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  sigprocmask(SIG_SETMASK, &all, &before);
  const auto ignored_before = signal(SIGPIPE, SIG_IGN);
  const auto ignored_realtime = signal(SIGRTMIN + 3, SIG_IGN);
  const std::string blocked = output_of(puppet({"print-status", "SigBlk"}));
  const std::string ignored = output_of(puppet({"print-status", "SigIgn"}));
  signal(SIGPIPE, ignored_before);
  signal(SIGRTMIN + 3, ignored_realtime);
  sigprocmask(SIG_SETMASK, &before, nullptr);
  EXPECT_EQ("SigBlk:\t0000000000000000\n", blocked);
  EXPECT_EQ("SigIgn:\t0000000000000000\n", ignored);
}

TEST_F(SpawnTest, OurOwnSignalMaskIsAsBefore) {
  sigset_t before;
  sigset_t after;
  sigprocmask(SIG_SETMASK, nullptr, &before);
  start(puppet({"exit", "0"}));
  sigprocmask(SIG_SETMASK, nullptr, &after);
  for (int signal = 1; signal < SIGRTMAX; ++signal) {
    EXPECT_EQ(sigismember(&before, signal), sigismember(&after, signal)) << signal;
  }
}

TEST_F(SpawnTest, TheEnvironmentIsExactlyThePlans) {
  SpawnPlan plan = puppet({"print-all-env"});
  plan.environment = {"A=1", "B="};
  EXPECT_EQ("A=1\nB=\n", output_of(plan));
}

TEST_F(SpawnTest, RunsInTheDirectoryWithTheUmaskAndTheLimit) {
  const test::TempDir directory;
  SpawnPlan plan = puppet({"print-cwd", "print-umask"});
  plan.directory = directory.path();
  plan.file_mode_mask = 0027;
  EXPECT_EQ(directory.path() + "\n" + std::to_string(0027) + "\n", output_of(plan));
}

TEST_F(SpawnTest, TheDescriptorLimitIsThePlans) {
  SpawnPlan plan{.argv = {"/bin/sh", "-c", "ulimit -n"}, .environment = {}};
  plan.descriptor_limit = 321;
  EXPECT_EQ("321\n", output_of(plan));
}

TEST_F(SpawnTest, RunsAsAnotherUserWithThatUsersGroups) {
  if (own_user() != 0) GTEST_SKIP() << "needs root";
  SpawnPlan plan{.argv = {"id"}, .environment = {"PATH=/usr/bin:/bin"}};
  plan.identity = identity_of(find_user("nobody").value());
  EXPECT_EQ(output_of({.argv = {"id", "nobody"}, .environment = {"PATH=/usr/bin:/bin"}}),
            output_of(plan));
}

TEST_F(SpawnTest, LooksAProgramUpInThePathOfItsOwnEnvironment) {
  const test::TempDir directory;
  std::filesystem::copy(test::puppet(), directory.path("my-puppet"));
  SpawnPlan plan{.argv = {"my-puppet", "exit", "5"},
                 .environment = {"PATH=/nowhere:" + directory.path()}};
  EXPECT_EQ(ExitStatus{.code = 5}, wait_for(start(plan)));
  plan.environment = {"PATH=/nowhere"};
  EXPECT_EQ("cannot execute my-puppet: no such file or directory",
            spawner_.spawn(plan).error().message);
}

TEST_F(SpawnTest, AnExecErrorComesBackAsTheReasonAndLeavesNoProcess) {
  const test::TempDir directory;
  directory.write("no-program", "no program");
  directory.write("no-shebang", "exit 0");
  ::chmod(directory.path("no-shebang").c_str(), 0755);
  const auto message = [&](const std::string& program) {
    return spawner_.spawn({.argv = {program}, .environment = {}}).error().message;
  };
  EXPECT_EQ("cannot execute /no/such: no such file or directory", message("/no/such"));
  EXPECT_EQ("cannot execute " + directory.path("no-program") + ": permission denied",
            message(directory.path("no-program")));
  EXPECT_EQ("cannot execute " + directory.path("no-shebang") + ": exec format error",
            message(directory.path("no-shebang")));
  EXPECT_EQ(-1, ::waitpid(-1, nullptr, WNOHANG)) << "a zombie was left";
}

TEST_F(SpawnTest, AMissingDirectoryIsNamed) {
  SpawnPlan plan = puppet({"exit", "0"});
  plan.directory = "/no/such";
  EXPECT_EQ("cannot change to directory /no/such: no such file or directory",
            spawner_.spawn(plan).error().message);
}

TEST_F(SpawnTest, TooLongArgumentsAreAnErrorNotACrash) {
  SpawnPlan plan = puppet({"print", std::string(std::size_t{4} << 20, 'x')});
  EXPECT_EQ(E2BIG, spawner_.spawn(plan).error().os);
}

TEST_F(SpawnTest, DroppingAChildEndsItsWholeGroup) {
  Pipe pipe = std::move(make_pipe().value());
  {
    SpawnPlan plan = puppet({"fork-and-hold", "stubborn", "print", "ready", "sleep"});
    plan.stdio[1] = pipe.write.get();
    const Child child = start(plan);
    pipe.write.reset();
    ASSERT_TRUE(wait_readable(pipe.read.get()));
  }
  EXPECT_EQ(
      std::string::npos,
      read_to_end(pipe.read.get()).find("(no end)"));  // The end: no holder of the pipe is left.
}

TEST_F(SpawnTest, KnowsWhetherTheGroupOutlivedItsLeader) {
  Pipe pipe = std::move(make_pipe().value());
  SpawnPlan plan = puppet({"fork-and-hold", "stubborn", "exit", "0"});
  plan.stdio[1] = pipe.write.get();
  Child child = start(plan);
  pipe.write.reset();
  wait_for(child);
  EXPECT_TRUE(child.has_survivors());
  EXPECT_TRUE(child.signal_group(SIGKILL).has_value());
  EXPECT_EQ(std::string::npos, read_to_end(pipe.read.get()).find("(no end)"));
  Child lonely = start(puppet({"exit", "0"}));
  wait_for(lonely);
  EXPECT_FALSE(lonely.has_survivors());
}

TEST_F(SpawnTest, SurvivorsCanBeSignalledOneByOneWhereTheKernelIsOlder) {
  Pipe pipe = std::move(make_pipe().value());
  SpawnPlan plan = puppet({"fork-and-hold", "stubborn", "fork-and-hold", "stubborn", "exit", "0"});
  plan.stdio[1] = pipe.write.get();
  Child child = start(plan);
  pipe.write.reset();
  wait_for(child);
  ASSERT_TRUE(child.has_survivors());
  EXPECT_TRUE(signal_group_members(child.pid(), SIGKILL).has_value());
  EXPECT_EQ(std::string::npos, read_to_end(pipe.read.get()).find("(no end)"));
}

TEST_F(SpawnTest, ANumberThatBelongsToALivingProcessIsNotAGroupWithoutALeader) {
  const Child child = start(puppet({"sleep"}));
  EXPECT_EQ(Errc::NotFound, signal_group_members(child.pid(), SIGKILL).error().code);
  EXPECT_EQ(std::nullopt, child.exit_status().value());
}

TEST_F(SpawnTest, FurtherDescriptorsAreAtTheirNumbersAndNoOtherIsThere) {
  const Pipe one = std::move(make_pipe().value());
  const Pipe two = std::move(make_pipe().value());
  SpawnPlan plan = shell("echo one >&3; echo two >&4; echo $(ls /proc/self/fd | wc -l)");
  // Low numbers, the second of which is what the first becomes or the other way round.
  plan.further = {two.write.get(), one.write.get()};
  EXPECT_EQ("6\n", output_of(plan));  // 0 to 4, and the directory that `ls` reads.
  char bytes[8] = {};
  ASSERT_EQ(4, ::read(two.read.get(), bytes, sizeof(bytes)));
  EXPECT_STREQ("one\n", bytes);
  ASSERT_EQ(4, ::read(one.read.get(), bytes, sizeof(bytes)));
  EXPECT_STREQ("two\n", bytes);
}

TEST_F(SpawnTest, FurtherDescriptorsMayBeThoseThatOthersBecome) {
  // As if a host had its pipes at these very numbers.
  const auto at_least = [](int fd, int number) {
    return UniqueFd(::fcntl(fd, F_DUPFD_CLOEXEC, number));
  };
  const Pipe pipe = std::move(make_pipe().value());
  std::vector<UniqueFd> copies;
  SpawnPlan plan = shell("echo a >&3; echo b >&4; echo c >&5; echo d >&6");
  for (int number = 6; number >= 3; --number)
    copies.push_back(at_least(pipe.write.get(), number));
  for (const UniqueFd& copy : copies)
    plan.further.push_back(copy.get());
  wait_for(start(plan));
  char bytes[16] = {};
  ASSERT_EQ(8, ::read(pipe.read.get(), bytes, sizeof(bytes)));
  EXPECT_STREQ("a\nb\nc\nd\n", bytes);
}

TEST_F(SpawnTest, ManyInARowLeaveNothingBehind) {
  const auto descriptors = [] {
    return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {});
  };
  const auto before = descriptors();
  for (int i = 0; i < 300; ++i) {
    wait_for(start(puppet({"exit", "0"})));
  }
  EXPECT_EQ(before, descriptors());
  EXPECT_EQ(-1, ::waitpid(-1, nullptr, WNOHANG));
}

}  // namespace
}  // namespace gaffer::os
