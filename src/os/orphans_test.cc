#include "os/orphans.h"

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include <gtest/gtest.h>

#include "os/files.h"
#include "os/proc_fs.h"

namespace gaffer::os {
namespace {

/// A child that ends when `until` does, and its pid.
pid_t fork_one(const Pipe& until) {
  const pid_t pid = ::fork();
  if (pid != 0) return pid;
  ::close(until.write.get());
  char byte = 0;
  while (::read(until.read.get(), &byte, 1) < 0) {
  }
  ::_exit(0);
}

bool is_child(pid_t pid) {
  const auto children = children_of(::getpid());
  return std::ranges::find(children, pid) != children.end();
}

/// Ends with the test: otherwise the orphans of later tests would become ours as well.
class Orphans : public testing::Test {
 public:
  Orphans() { adopt_orphans(); }
  Orphans(const Orphans&) = delete;
  Orphans& operator=(const Orphans&) = delete;
  ~Orphans() override { ::prctl(PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0); }
};

TEST_F(Orphans, ThoseOfDescendantsBecomeOursAndAreReapedWhenTheyEnd) {
  Pipe until = make_pipe().value();
  std::array<int, 2> told{};
  ASSERT_EQ(0, ::pipe(told.data()));
  const pid_t parent = ::fork();
  if (parent == 0) {
    const pid_t orphan = fork_one(until);
    ::_exit(::write(told[1], &orphan, sizeof orphan) == sizeof orphan ? 0 : 1);
  }
  pid_t orphan = 0;
  ASSERT_EQ(static_cast<ssize_t>(sizeof orphan), ::read(told[0], &orphan, sizeof orphan));
  ASSERT_EQ(parent, ::waitpid(parent, nullptr, 0));
  EXPECT_TRUE(is_child(orphan));
  const auto nobodys = [](pid_t) { return false; };
  reap_orphans(nobodys);
  EXPECT_TRUE(is_child(orphan)) << "it has not ended";
  until.write.reset();
  siginfo_t info{};
  ASSERT_EQ(0, ::waitid(P_PID, static_cast<id_t>(orphan), &info, WEXITED | WNOWAIT));
  reap_orphans([&](pid_t pid) { return pid == orphan; });
  EXPECT_TRUE(is_child(orphan)) << "somebody else waits for it";
  reap_orphans(nobodys);
  EXPECT_FALSE(is_child(orphan));
  ::close(told[0]);
  ::close(told[1]);
}

}  // namespace
}  // namespace gaffer::os
