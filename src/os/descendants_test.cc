#include "os/descendants.h"

#include <linux/sched.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <functional>
#include <string>

#include <gtest/gtest.h>

#include "os/files.h"
#include "os/spawn.h"
#include "support/command.h"
#include "support/marked.h"
#include "support/programs.h"

namespace gaffer::os {
namespace {

Result<ProcessTable> look_now(const std::unordered_set<pid_t>& leaders = {}) {
  Strangers strangers;
  return look_at_processes(leaders, strangers);
}

constexpr pid_t kNoNumber = 0x7fffff0;  // Above what a kernel gives away.

/// Trees of the puppet's, told by a mark of this test alone.
class TreeOfMarks : public testing::Test {
 protected:
  [[nodiscard]] Child start(std::vector<std::string> verbs, const std::string& mark) {
    Pipe ready = std::move(make_pipe().value());
    verbs.insert(verbs.begin(), test::puppet());
    verbs.insert(verbs.end(), {"print", "ready", "sleep"});
    Child child =
        std::move(spawner_
                      .spawn({.argv = std::move(verbs),
                              .environment = {mark_, std::string(kTreeVariable) + "=" + mark},
                              .stdio = {-1, ready.write.get(), -1}})
                      .value());
    pollfd asked{ready.read.get(), POLLIN, 0};
    EXPECT_EQ(1, ::poll(&asked, 1, 20'000));
    return child;
  }
  static ProcessTable look() { return std::move(look_now().value()); }

  /// Whether the tree ends when it is killed step by step.
  static bool ends(Tree& tree) {
    return test::eventually([&] {
      const ProcessTable table = look();
      tree.kill_strays(table);
      return !tree.is_alive(table);
    });
  }
  [[nodiscard]] std::size_t left() const { return test::marked_by(mark_).size(); }

  const std::string mark_ = "GAFFER_TEST_MARK=" + std::to_string(::getpid()) +  // NOLINT
                            testing::UnitTest::GetInstance()->current_test_info()->name();
  const std::string token_ = mark_;  // NOLINT

 private:
  Spawner spawner_ = std::move(Spawner::create().value());
};

TEST_F(TreeOfMarks, WhoHasTheMarkBelongsToIt) {
  const Child child = start({}, token_);
  Tree tree(kNoNumber, token_);
  Tree other(kNoNumber, token_ + "x");
  Tree shorter(kNoNumber, token_.substr(0, token_.size() - 1));
  EXPECT_TRUE(tree.is_alive(look()));
  EXPECT_FALSE(other.is_alive(look()));
  EXPECT_FALSE(shorter.is_alive(look()));
  EXPECT_TRUE(ends(tree));
}

TEST_F(TreeOfMarks, TheTreesOfAGafferBelowBelongToIt) {
  const Child child = start({}, token_ + "/1.1");
  Tree tree(kNoNumber, token_);
  EXPECT_TRUE(tree.is_alive(look()));
  EXPECT_TRUE(ends(tree));
}

TEST_F(TreeOfMarks, AChildThatForgotTheMarkBelongsToItsParent) {
  const Child child = start({"stray", mark_}, token_);
  ASSERT_EQ(2U, left());
  Tree tree(kNoNumber, token_);
  EXPECT_TRUE(ends(tree));
  EXPECT_EQ(0U, left());
}

TEST_F(TreeOfMarks, WhoWasRememberedBelongsToItWhenHisParentIsGone) {
  Tree tree = [&] {
    const Child child = start({"stray", mark_}, "");
    Tree remembering(child.pid(), "");
    remembering.remember_strays();
    remembering.leader_will_be_reaped();
    return remembering;
  }();
  ASSERT_EQ(1U, left());
  EXPECT_TRUE(ends(tree));
  EXPECT_EQ(0U, left());
}

TEST_F(TreeOfMarks, ASessionBelongsToItAlsoWhenItsLeaderIsReaped) {
  Child child = start({"fork-and-hold", "stubborn"}, "");
  // Whose start cannot be told from the end of its leader, because it was in the same tick of the
  // clock, is told by his mark only.
  const auto born = read_proc_stat(children_of(child.pid()).at(0)).value().start_ticks;
  ASSERT_TRUE(test::eventually([&] {
    const Child later = start({}, "");
    return read_proc_stat(later.pid()).value().start_ticks > born;
  }));
  ::kill(child.pid(), SIGKILL);
  Tree tree(child.pid(), "");
  tree.leader_will_be_reaped();
  child.reap();
  EXPECT_TRUE(tree.is_alive(look()));
}

TEST_F(TreeOfMarks, OfTheSessionOfALeaderOnlyTheOthersAreSeenAndNobodysMarkIsRead) {
  const Child child = start({"fork-and-hold", "plain"}, token_);
  const pid_t other = children_of(child.pid()).at(0);
  const auto seen_as = [](const ProcessTable& table, pid_t pid) -> std::string {
    for (const SeenProcess& seen : table) {
      if (seen.stat.pid == pid) return seen.mark;
    }
    return "unseen";
  };
  EXPECT_EQ(token_, seen_as(look(), child.pid()));
  EXPECT_EQ(token_, seen_as(look(), other));
  const ProcessTable table = std::move(look_now({child.pid()}).value());
  EXPECT_EQ("unseen", seen_as(table, child.pid()));
  EXPECT_EQ("", seen_as(table, other));
}

/// A process with a number of our choice; -1 and errno as clone3(2) says.
pid_t fork_as(pid_t number, const std::function<void()>& act) {
  clone_args arguments{};
  arguments.exit_signal = SIGCHLD;
  arguments.set_tid = reinterpret_cast<std::uint64_t>(&number);
  arguments.set_tid_size = 1;
  const auto pid = static_cast<pid_t>(syscall(SYS_clone3, &arguments, sizeof(arguments)));
  if (pid != 0) return pid;
  act();
  while (true)
    ::pause();
}

/// The same, once the number is free.
pid_t innocent_as(
    pid_t number, const std::function<void()>& act = [] {}) {
  pid_t pid = -1;
  (void)test::eventually([&] {
    pid = fork_as(number, act);
    return pid >= 0 || errno != EEXIST;
  });
  return pid;
}

/// Whether it was left alone until now; ends it.
bool was_spared(pid_t innocent) {
  ::kill(innocent, SIGTERM);
  int status = 0;
  const bool is_ended = ::waitpid(innocent, &status, WUNTRACED) == innocent;
  if (is_ended && WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM) return true;
  ::kill(innocent, SIGKILL);
  ::waitpid(innocent, nullptr, 0);
  return false;
}

/// A leader with a session, and a child of his in a group of its own.
struct Pair {
  pid_t leader = -1;
  pid_t stray = -1;
};

Pair fork_pair() {
  std::array<int, 2> ends{};
  EXPECT_EQ(0, ::pipe2(ends.data(), O_CLOEXEC));
  Pair pair{.leader = ::fork()};
  if (pair.leader == 0) {
    ::setsid();
    ::signal(SIGCHLD, SIG_IGN);  // Its child is reaped at once.
    const pid_t child = ::fork();
    if (child == 0) {
      ::setpgid(0, 0);
      const pid_t self = ::getpid();
      if (::write(ends[1], &self, sizeof(self)) != sizeof(self)) ::_exit(1);
    }
    while (true)
      ::pause();
  }
  EXPECT_EQ(static_cast<ssize_t>(sizeof(pid_t)), ::read(ends[0], &pair.stray, sizeof(pid_t)));
  ::close(ends[0]);
  ::close(ends[1]);
  return pair;
}

// Of two innocents each. A fork is dear where a sanitizer keeps books of the memory.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr int kRounds = 50;
#else
constexpr int kRounds = 500;
#endif

TEST(ReusedNumbers, NeverBringASignalToAnInnocent) {
  int spared = 0;
  for (int round = 0; round < kRounds; ++round) {
    const Pair pair = fork_pair();
    Tree tree(pair.leader, "");
    tree.remember_strays();
    const ProcessTable table = std::move(look_now().value());
    ASSERT_TRUE(tree.is_alive(table));

    // Between our look and our signal another has the number of a descendant …
    ::kill(pair.stray, SIGKILL);
    const pid_t second = innocent_as(pair.stray);
    if (second < 0 && errno == EPERM) GTEST_SKIP() << "numbers cannot be chosen here";
    ASSERT_EQ(pair.stray, second);
    tree.signal_strays(table, SIGKILL);
    tree.kill_strays(table);
    if (was_spared(second)) ++spared;

    // … or that of the leader, and makes a session of that number himself.
    tree.leader_will_be_reaped();
    ::kill(pair.leader, SIGKILL);
    ::waitpid(pair.leader, nullptr, 0);
    const pid_t first = innocent_as(pair.leader, [] { syscall(SYS_setsid); });
    ASSERT_EQ(pair.leader, first);
    ASSERT_TRUE(test::eventually([&] { return read_proc_stat(first).value().session == first; }));
    tree.signal_strays(table, SIGKILL);
    tree.signal_strays(look_now().value(), SIGKILL);
    if (was_spared(first)) ++spared;
  }
  EXPECT_EQ(2 * kRounds, spared);
}

}  // namespace
}  // namespace gaffer::os
