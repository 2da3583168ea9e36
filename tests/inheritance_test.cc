/// A gafferd that was started in a mess: what it has inherited it does not hand on.

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "support/daemon.h"
#include "support/real_process.h"

namespace gaffer::test {
namespace {

/// Many descriptors that do not close on exec, every signal blocked, and some ignored: what a
/// program that is started meanwhile begins with.
class Mess {
 public:
  static constexpr int kDescriptors = 5'000;

  Mess() {
    ::getrlimit(RLIMIT_NOFILE, &limit_before_);
    rlimit wanted = limit_before_;
    wanted.rlim_cur = kDescriptors + 1'000;
    if (wanted.rlim_max < wanted.rlim_cur) wanted.rlim_max = wanted.rlim_cur;
    is_made_ = ::setrlimit(RLIMIT_NOFILE, &wanted) == 0;
    const os::UniqueFd null(::open("/dev/null", O_RDWR | O_CLOEXEC));
    for (int i = 0; i < kDescriptors && is_made_; ++i) {
      descriptors_.emplace_back(::dup(null.get()));
      is_made_ = descriptors_.back().is_open();
    }
    for (std::size_t i = 0; i < kIgnored.size(); ++i)
      handlers_before_.at(i) = ::signal(kIgnored.at(i), SIG_IGN);
    sigset_t all;
    sigfillset(&all);
    ::sigprocmask(SIG_SETMASK, &all, &mask_before_);
  }
  Mess(const Mess&) = delete;
  Mess& operator=(const Mess&) = delete;
  ~Mess() {
    ::sigprocmask(SIG_SETMASK, &mask_before_, nullptr);
    for (std::size_t i = 0; i < kIgnored.size(); ++i)
      ::signal(kIgnored.at(i), handlers_before_.at(i));
    ::setrlimit(RLIMIT_NOFILE, &limit_before_);
  }

  /// Whether there may be so many descriptors here.
  [[nodiscard]] bool is_made() const { return is_made_; }

 private:
  static constexpr std::array kIgnored = {SIGPIPE, SIGHUP, SIGUSR1, SIGCHLD};
  bool is_made_ = false;
  rlimit limit_before_{};
  std::vector<os::UniqueFd> descriptors_;
  std::array<sighandler_t, kIgnored.size()> handlers_before_{};
  sigset_t mask_before_{};
};

class Inheritance : public ProgramsTest {
 protected:
  void start_gafferd_in_a_mess_with(const std::string& ini) {
    write("gaffer.ini", ini);
    const Mess mess;
    if (!mess.is_made()) GTEST_SKIP() << "needs " << Mess::kDescriptors << " descriptors";
    start_gafferd({"-c", "gaffer.ini"});
  }

  /// Looks at every process of a template, which nobody has told anything about signals yet.
  void expect_clean(const std::string& name) {
    const std::set<std::string> standard = {"0", "1", "2"};
    const std::string none = "0000000000000000";
    for (const pid_t pid : os_pids(name)) {
      const RealProcess one(pid);
      // The linker that loads the program has its libraries open for a moment.
      ASSERT_TRUE(eventually([&] { return one.descriptors() == standard; })) << pid;
      for (const char* key : {"SigBlk", "SigIgn", "SigCgt", "SigPnd", "ShdPnd"})
        ASSERT_EQ(none, one.status(key)) << key;
      ++looked_at_;
    }
  }

  int looked_at_ = 0;  // NOLINT(cppcoreguidelines-non-private-member-variables-in-classes)
};

TEST_F(Inheritance, AThousandProcessesHaveThreeDescriptorsAndNoSignalSet) {
  start_gafferd_in_a_mess_with(section("web", "sleep", "numprocesses = 250"));
  if (IsSkipped()) return;
  ASSERT_LT(Mess::kDescriptors,
            static_cast<int>(RealProcess(gafferd_->pid()).descriptors().size()));
  expect_clean("web");
  for (int round = 0; round < 3 && !HasFailure(); ++round) {
    ASSERT_EQ("web: 250 running\n", gaffer({"restart", "web"}).out);
    expect_clean("web");
  }
  EXPECT_EQ(1'000, looked_at_);
}

TEST_F(Inheritance, StreamsOfEveryKindAddNoDescriptor) {
  start_gafferd_in_a_mess_with(section("pipes", "sleep",
                                       "numprocesses = 5\nredirect_output = out, err\n"
                                       "redirect_input = yes") +
                               section("terminal", "sleep", "numprocesses = 5\npty = yes") +
                               section("user", "sleep", "numprocesses = 5\ncwd = /\numask = 0"));
  if (IsSkipped()) return;
  for (const char* name : {"pipes", "terminal", "user"})
    expect_clean(name);
  EXPECT_EQ(15, looked_at_);
}

// nohup is a promise to gafferd, not to its processes.
TEST_F(Inheritance, AHangUpThatGafferdIgnoresEndsItsProcesses) {
  start_gafferd_in_a_mess_with(section("web", "sleep"));
  if (IsSkipped()) return;
  const ProcessInfo before = process("web");
  gafferd_->signal(SIGHUP);
  ASSERT_EQ(0, ::kill(before.os_pid, SIGHUP));
  EXPECT_TRUE(eventually([&] { return process("web").restarts == 1; }));
  EXPECT_EQ(SIGHUP, process("web").last_exit->status.signal);
}

}  // namespace
}  // namespace gaffer::test
