// The keeper as a program, with a brain that a test commands.

#include <sys/resource.h>
#include <sys/syscall.h>

#include <array>
#include <set>

#include "os/proc_fs.h"
#include "support/command.h"
#include "support/keeper_fixture.h"
#include "support/numbered_lines.h"
#include "support/strace.h"
#include "support/temp_dir.h"

namespace gaffer {
namespace {

class Keeper : public test::KeeperFixture {
 protected:
  static void wait_until_gone(pid_t pid) {
    const os::UniqueFd process(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
    EXPECT_TRUE(!process.is_open() || test::comes_to_read(process.get()));
  }

  static void wait_for_group(pid_t group, int members) {
    EXPECT_TRUE(test::eventually([&] {
      int count = 0;
      (void)os::each_process([&](const os::ProcStat& stat) {
        count += stat.group == group ? 1 : 0;
        return true;
      });
      return count == members;
    }));
  }

  [[nodiscard]] std::string proc(const std::string& file) const {
    return os::read_file("/proc/" + std::to_string(keeper_) + "/" + file).value_or("");
  }

  [[nodiscard]] long status_number(const std::string& key) const {
    const std::string text = proc("status");
    const auto at = text.find("\n" + key + ":");
    std::string_view rest = std::string_view(text).substr(at + key.size() + 2);
    rest = trim(rest.substr(0, rest.find('\n')));
    return parse_number<long>(rest.substr(0, rest.find(' '))).value_or(-1);
  }
};

TEST_F(Keeper, IsWelcomingToAFirstBrain) {
  start_keeper();
  EXPECT_EQ((std::vector<std::string>{"welcome 1 flags 0 crashes 0 last 0 0", "end 0"}), table());
}

TEST_F(Keeper, RefusesABrainOfAnotherVersion) {
  start_keeper();
  tell("hello-from-the-future");
  expect("refused 1 id 0 error " + std::to_string(EPROTONOSUPPORT));
}

TEST_F(Keeper, EndsAsABrainDoesThatCannotStart) {
  start_keeper();
  tell("exit 3");
  EXPECT_EQ(3, keeper_exit_code());
}

TEST_F(Keeper, EndsWithTheBrainThatSaysSo) {
  start_keeper();
  tell("ready");
  tell("quit 5");
  tell("exit 0");
  EXPECT_EQ(5, keeper_exit_code());
}

TEST_F(Keeper, IsTheParentOfWhatTheBrainStarts) {
  start_keeper();
  (void)table();
  const pid_t pid = start(1, "sleep");
  const auto stat = os::read_proc_stat(pid);
  ASSERT_TRUE(stat);
  EXPECT_EQ(keeper_, stat->parent);
}

TEST_F(Keeper, TellsHowAProcessEnded) {
  start_keeper();
  (void)table();
  start(1, "exit 42");
  expect("exit 1 code 42 signal 0");
  start(2, "kill-self 15");
  expect("exit 2 code 0 signal 15");
}

TEST_F(Keeper, TellsOfAnEndAgainUntilItIsAcknowledged) {
  start_keeper();
  (void)table();
  tell("ready");
  start(1, "exit 42");
  expect("exit 1 code 42 signal 0");
  kill_brain();
  const auto before = table();
  ASSERT_EQ(3U, before.size());
  EXPECT_NE(std::string::npos, before[1].find("entry 1 state 3"));
  EXPECT_NE(std::string::npos, before[1].find("code 42 signal 0 note-1"));
  tell("ack 1");
  tell("echo done");
  expect("done");
  kill_brain();
  EXPECT_EQ("end 0", table().back());
}

TEST_F(Keeper, GivesTheNextBrainWhatRuns) {
  start_keeper();
  (void)table();
  tell("ready");
  const pid_t pid = start(7, "sleep");
  kill_brain();
  const auto rows = table();
  ASSERT_EQ(3U, rows.size());
  EXPECT_EQ("welcome 2 flags 2 crashes 0 last 0 9", rows[0]);
  EXPECT_EQ("entry 7 state 2 pid " + std::to_string(pid) + " code 0 signal 0 pidfd note-7",
            rows[1]);
  EXPECT_EQ(0, ::kill(pid, 0));
}

TEST_F(Keeper, KeepsTheLastWordsOfAProcessThatEndsWithoutABrain) {
  start_keeper();
  (void)table();
  tell("ready");
  const pid_t pid = start(1, "print-partial before nap 30 print-partial +after exit 3");
  kill_brain();
  wait_until_gone(pid);
  (void)table();
  tell("read 1");
  expect("output 1 before+after");
}

TEST_F(Keeper, FindsEveryProcessOfABrainThatWasKilledWhileStartingThem) {
  start_keeper();
  std::set<pid_t> known;
  for (int round = 0; round < 20; ++round) {
    tell("ready");
    for (int i = 1; i <= 3; ++i)
      tell("start " + std::to_string(round * 3 + i) + " " + test::puppet() + " sleep");
    // Anywhere among them: the brain obeys one line after the other.
    number_behind("started ");
    kill_brain();
  }
  (void)table();
  for (const std::string& line : table()) {
    const auto at = line.find(" pid ");
    if (line.starts_with("entry") && at != std::string::npos)
      known.insert(parse_number<pid_t>(split(line, ' ')[5]).value_or(-1));
  }
  known.insert(brain_);
  for (const pid_t child : children())
    EXPECT_TRUE(known.contains(child)) << child << " is a child in no row";
}

TEST_F(Keeper, ForgetsAReservationWhoseBrainHasDied) {
  start_keeper();
  tell("ready");
  tell("reserve 9");
  tell("echo done");
  expect("done");
  kill_brain();
  EXPECT_EQ("end 0", table().back());
  tell("reserve 9");
  start(10, "sleep");
  EXPECT_EQ("end 1", table().back());
}

TEST_F(Keeper, KillsWhoAnnouncesHimselfWithoutAReservation) {
  start_keeper();
  (void)table();
  const pid_t pid = start(1, "sleep");
  tell("drop 1");
  // The id is free only when the process has gone, so this is a second one in its place.
  tell("start 1 " + test::puppet() + " sleep");
  tell("echo done");
  expect("done");
  const std::set<pid_t> wanted{brain_, pid};
  EXPECT_TRUE(test::eventually([&] {
    const std::vector<pid_t> now = children();
    return std::set<pid_t>(now.begin(), now.end()) == wanted;
  }));
}

TEST_F(Keeper, RefusesAnIdThatIsTaken) {
  start_keeper();
  (void)table();
  tell("reserve 1");
  tell("reserve 1");
  expect("refused 2 id 1 error " + std::to_string(EEXIST));
}

TEST_F(Keeper, SignalsAProcessThatRunsAndNoOther) {
  start_keeper();
  (void)table();
  start(1, "sleep");
  tell("signal 1 15");
  expect("exit 1 code 0 signal 15");
  tell("signal 1 9");
  expect("refused 8 id 1 error " + std::to_string(ESRCH));
  tell("signal 2 9");
  expect("refused 8 id 2 error " + std::to_string(ESRCH));
}

TEST_F(Keeper, KillsWhoIsLeftOfAGroupWhenItsLeaderEnds) {
  start_keeper();
  (void)table();
  const pid_t leader = start(1, "fork-and-hold stubborn exit 4");
  expect("exit 1 code 4 signal 0");
  // Who was killed had become the keeper's child, and was reaped by it.
  expect("orphans 1");
  EXPECT_NE(0, ::kill(-leader, 0)) << "somebody of the group is there";
}

TEST_F(Keeper, SparesAGroupThatItIsToldToSpare) {
  start_keeper();
  (void)table();
  const pid_t leader = start(1, "fork-and-hold stubborn print ready sleep");
  tell("spare-group 1");
  wait_for_group(leader, 2);
  tell("signal 1 15");
  expect("exit 1 code 0 signal 15");
  EXPECT_EQ(0, ::kill(-leader, 0));
  EXPECT_EQ(0, ::kill(-leader, SIGKILL));
}

TEST_F(Keeper, HoldsDescriptorsByTheirNames) {
  start_keeper();
  tell("ready");
  tell("put http");
  tell("put lock");
  tell("put http");
  tell("remove lock");
  tell("echo done");
  expect("done");
  kill_brain();
  EXPECT_EQ((std::vector<std::string>{"welcome 2 flags 2 crashes 0 last 0 9", "named http with 1",
                                      "end 0"}),
            table());
}

TEST_F(Keeper, RefusesMoreNamesThanItHasPlacesFor) {
  start_keeper();
  (void)table();
  tell("put-many 65");
  expect("refused 9 id 0 error " + std::to_string(ENOSPC));
}

TEST_F(Keeper, ClosesWhatItIsToldToRelease) {
  start_keeper();
  (void)table();
  const std::size_t before = descriptors();
  start(1, "sleep");
  EXPECT_EQ("end 1", table().back());
  EXPECT_EQ(before + 1, descriptors());
  tell("release 1");
  EXPECT_EQ("end 1", table().back());
  EXPECT_EQ(before, descriptors());
}

TEST_F(Keeper, ReapsOrphansOfItsProcesses) {
  start_keeper();
  (void)table();
  start(1, "daemon plain exit 0");
  expect("exit 1 code 0 signal 0");
  std::vector<pid_t> left = children();
  std::erase(left, brain_);
  ASSERT_EQ(1U, left.size());
  ::kill(left.front(), SIGKILL);
  expect("orphans 1");
}

TEST_F(Keeper, ForwardsASignalOnceTheBrainIsReady) {
  start_keeper();
  tell("ready");
  tell("echo done");
  expect("done");
  kill_brain();
  ::kill(keeper_, SIGTERM);
  tell("echo unready");  // A brain that had died of the signal would not say so.
  expect("unready");
  tell("ready");
  brain_ = number_behind("brain ");  // It died of it, and there is another one.
  EXPECT_EQ("welcome 3 flags 2 crashes 1 last 0 15", table().front());
}

TEST_F(Keeper, SaysThatItIsSafeModeAfterFiveCrashesInARow) {
  start_keeper();
  tell("ready");
  for (int crash = 0; crash < 5; ++crash) {
    tell("exit 1");
    brain_ = number_behind("brain ");
  }
  EXPECT_EQ("welcome 6 flags 3 crashes 5 last 1 0", table().front());
}

TEST_F(Keeper, KillsABrainThatIsStoppedAndDoesNotGoOn) {
  start_keeper({"--watchdog=1"});
  (void)table();
  tell("ready");
  tell("echo done");
  expect("done");
  ::kill(brain_, SIGSTOP);
  brain_ = number_behind("brain ");
  EXPECT_EQ("welcome 2 flags 6 crashes 1 last 0 9", table().front());
}

TEST_F(Keeper, KillsABrainThatDoesNotAnswer) {
  start_keeper({"--watchdog=1"});
  (void)table();
  tell("ready");
  tell("no-pongs");
  start(1, "exit 0");
  expect("exit 1 code 0 signal 0");
  brain_ = number_behind("brain ");
  EXPECT_EQ("welcome 2 flags 6 crashes 1 last 0 9", table().front());
}

TEST_F(Keeper, LeavesABrainAloneThatAnswers) {
  start_keeper({"--watchdog=1"});
  (void)table();
  start(1, "exit 0");
  expect("exit 1 code 0 signal 0");
  // Longer than the watchdog's patience, which is told by another process's end.
  start(2, "nap 1500 exit 0");
  expect("exit 2 code 0 signal 0");
  EXPECT_EQ("welcome 1 flags 0 crashes 0 last 0 0", table().front());
}

TEST_F(Keeper, BecomesAnotherProgramWithAllThatItHolds) {
  start_keeper();
  (void)table();
  tell("ready");
  tell("put http");
  const pid_t pid = start(1, "print-partial kept nap 100 exit 6");
  for (int i = 0; i < 5; ++i)
    tell("upgrade " + test::program("gaffer-keeper"));
  expect("exit 1 code 6 signal 0");
  wait_until_gone(pid);
  const auto rows = table();
  EXPECT_EQ("end 1", rows.back());
  EXPECT_EQ("named http with 1", rows[2]);
  kill_brain();
  (void)table();
  tell("read 1");
  expect("output 1 kept");
  EXPECT_NE(std::string::npos, proc("cmdline").find("--resume="));
}

TEST_F(Keeper, DoesNotBecomeAProgramThatIsNoKeeper) {
  start_keeper();
  (void)table();
  tell("upgrade /bin/false");
  expect("refused 14 id 0 error " + std::to_string(ENOEXEC));
  tell("upgrade /etc/passwd");
  expect("refused 14 id 0 error " + std::to_string(ENOEXEC));
  start(1, "exit 1");
  expect("exit 1 code 1 signal 0");
}

// K1: it sleeps in ppoll(2) without a time to wake up at.
TEST_F(Keeper, DoesNothingWhileNothingHappens) {
  start_keeper();
  (void)table();
  tell("ready");
  start(1, "sleep");
  EXPECT_EQ("end 1", table().back());
  tell("echo done");
  expect("done");
  // "running" until it sleeps; then the call and its arguments, the third being the time to wait.
  const std::string sleeping = std::to_string(SYS_ppoll) + " ";
  EXPECT_TRUE(test::eventually([&] {
    const std::string call = proc("syscall");
    const auto words = split(call, ' ');
    return call.starts_with(sleeping) && words.size() > 3 && words[3] == "0x0";
  })) << proc("syscall");
}

// K2
TEST_F(Keeper, AsksForNoMemoryOnceItHasStarted) {
  if (!test::can_strace()) GTEST_SKIP() << "strace is not allowed here";
  const test::TempDir dir;
  const std::string trace = dir.path("trace");
  start_keeper();
  const std::string pid = std::to_string(keeper_);
  const pid_t strace = ::fork();
  if (strace == 0) {
    ::execl("/usr/bin/strace", "strace", "-qq", "-o", trace.c_str(), "-e",
            "trace=%memory,sendmsg,exit_group", "-p", pid.c_str(), nullptr);
    ::_exit(126);
  }
  ASSERT_TRUE(test::eventually([&] { return status_number("TracerPid") != 0; }));
  (void)table();
  tell("ready");
  tell("start-many 1 100");
  expect("started many");
  kill_brain();
  EXPECT_EQ("end 100", table().back());
  tell("quit 0");
  tell("exit 0");
  EXPECT_EQ(0, keeper_exit_code());
  ::waitpid(strace, nullptr, 0);
  const auto calls = test::count_calls(os::read_file(trace).value_or(""));
  EXPECT_LT(100, calls.contains("sendmsg") ? calls.at("sendmsg") : 0) << "it was not traced";
  for (const char* call : {"brk", "mmap", "munmap", "mremap", "madvise", "mprotect"})
    EXPECT_FALSE(calls.contains(call)) << call;
}

// K3
TEST_F(Keeper, RefusesOneRowTooManyAndKeepsTheOthers) {
  start_keeper();
  (void)table();
  tell("fill 16384");
  tell("reserve 99999");
  expect("refused 2 id 99999 error " + std::to_string(ENOSPC));
  tell("drop 5");
  start(100'000, "exit 8");
  expect("exit 100000 code 8 signal 0");
}

// K4
TEST_F(Keeper, KeepsEveryEndForABrainThatDoesNotListen) {
  constexpr int kMany = 16'384;
  start_keeper();
  (void)table();
  tell("deaf");
  const long size_before = status_number("VmSize");
  tell("start-many 1 " + std::to_string(kMany));
  expect("started many");
  EXPECT_EQ(size_before, status_number("VmSize"));
  EXPECT_GT(4096, status_number("VmRSS")) << "kB, all rows in use";
  tell("listen");
  std::set<std::string> ends;
  while (ends.size() < kMany) {
    const std::string line = next();
    ASSERT_TRUE(line.starts_with("exit ")) << line;
    EXPECT_TRUE(ends.insert(line).second) << "twice: " << line;
  }
}

// K5
TEST_F(Keeper, SurvivesRubbish) {
  start_keeper();
  (void)table();
  tell("ready");
  const std::size_t before = descriptors();
  tell("deaf");
  tell(test::kHasSanitizer ? "rubbish 100000" : "rubbish 1000000");
  expect("sent rubbish");
  kill_brain();
  (void)table();
  for (int i = 0; i < 4; ++i)
    tell("echo done");
  expect("done");
  start(999, "exit 9");
  expect("exit 999 code 9 signal 0");
  // What rubbish has put under a name stays, as it would of anybody.
  std::size_t names = 0;
  for (const std::string& line : table())
    names += line.starts_with("named ") ? 1 : 0;
  EXPECT_GE(before + names + 1, descriptors());
}

TEST_F(Keeper, RefusesWhatComesWithoutItsDescriptors) {
  start_keeper({}, [] {
    const rlimit few{16, 16};
    ::setrlimit(RLIMIT_NOFILE, &few);
  });
  (void)table();
  tell("put-many 20");
  expect("refused 9 id 0 error " + std::to_string(EINVAL));
  tell("remove name-0");
  tell("remove name-1");
  start(1, "exit 1");
  expect("exit 1 code 1 signal 0");
}

// K6
TEST(KeeperProgram, HasNoHeapAndNoLibrary) {
  const auto symbols = test::run({.argv = {"/usr/bin/nm", test::program("gaffer-keeper")}});
  ASSERT_EQ(0, symbols.status);
  EXPECT_NE(std::string::npos, symbols.out.find("gaffer_keeper_begin"));
  for (const char* symbol : {" malloc", " calloc", " brk", " sbrk", " mmap", " _Znwm", " U "})
    EXPECT_EQ(std::string::npos, symbols.out.find(symbol)) << symbol;
  const auto head = test::run({.argv = {"/usr/bin/readelf", "-l", test::program("gaffer-keeper")}});
  EXPECT_EQ(std::string::npos, head.out.find("INTERP")) << "it is not static";
}

TEST(KeeperProgram, SaysWhatIsWrongWithItsWords) {
  const std::string keeper = test::program("gaffer-keeper");
  const auto bad = test::run({.argv = {keeper, "--watchdog=1h", "--", "/bin/true"}});
  EXPECT_EQ(2, bad.status);
  EXPECT_NE(std::string::npos, bad.err.find("--watchdog=1h"));
  EXPECT_EQ(2, test::run({.argv = {keeper}}).status);
  EXPECT_EQ(127, test::run({.argv = {keeper, "--", "/nonexistent"}}).status);
}

}  // namespace
}  // namespace gaffer
