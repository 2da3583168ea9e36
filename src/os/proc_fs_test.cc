#include "os/proc_fs.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "os/users.h"

namespace gaffer::os {
namespace {

TEST(ProcStat, ReadsThisProcess) {
  const auto stat = read_proc_stat(::getpid());
  ASSERT_TRUE(stat.has_value());
  EXPECT_EQ(::getpid(), stat->pid);
  EXPECT_EQ(::getppid(), stat->parent);
  EXPECT_EQ(::getpgrp(), stat->group);
  EXPECT_EQ('R', stat->state);
  EXPECT_GT(stat->start_ticks, 0U);
}

TEST(ProcStat, SurvivesANameMadeToConfuseIt) {
  const auto stat = parse_proc_stat("7 (a) S 9 (b) R 1 2 3 0 -1 0 0 0 0 0 1 2 0 0 20 0 1 0 55 0 0");
  ASSERT_TRUE(stat.has_value());
  EXPECT_EQ(1, stat->parent);
  EXPECT_EQ(2, stat->group);
  EXPECT_EQ(55U, stat->start_ticks);
}

TEST(ProcStat, RefusesWhatIsNotAStatLine) {
  EXPECT_EQ(Errc::Protocol, parse_proc_stat("").error().code);
  EXPECT_EQ(Errc::Protocol, parse_proc_stat("7 (a) S 1 2").error().code);
  EXPECT_EQ(Errc::NotFound, read_proc_stat(0x7ffffff).error().code);
}

TEST(ProcFs, FindsThisProcessAmongAll) {
  bool found = false;
  (void)each_process([&](const ProcStat& stat) {
    found = found || stat.pid == ::getpid();
    return !found;
  });
  EXPECT_TRUE(found);
}

TEST(ProcFs, KnowsTheChildrenOfAProcess) {
  EXPECT_EQ(std::vector<pid_t>(), children_of(::getpid()));
  const pid_t child = ::fork();
  if (child == 0) {
    while (true)
      ::pause();
  }
  EXPECT_EQ(std::vector<pid_t>{child}, children_of(::getpid()));
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  EXPECT_EQ(std::vector<pid_t>(), children_of(0x7ffffff));
}

TEST(ProcUsage, IsSomethingForALivingProcess) {
  EXPECT_GT(read_proc_usage(::getpid()).value().resident_bytes, 0U);
}

TEST(Users, AreFoundByNameAndByNumber) {
  EXPECT_EQ(0U, find_user("root").value().id);
  EXPECT_EQ("root", find_user("0").value().name);
  EXPECT_EQ("unknown user no-such-user", find_user("no-such-user").error().message);
  EXPECT_EQ("unknown group no-such-group", find_group("no-such-group").error().message);
  EXPECT_EQ(0U, find_group("root").value());
}

TEST(Users, AreFoundByANumberThatNobodyHas) {
  const User user = find_user("3999999999").value();
  EXPECT_EQ(3999999999U, user.id);
  EXPECT_EQ("/", user.home);
  EXPECT_EQ((Identity{.user = 3999999999, .group = 3999999999, .groups = {3999999999}}),
            identity_of(user));
  EXPECT_EQ(3999999998U, find_group("3999999998").value());
}

TEST(Users, AreNeverTheNumberThatMeansNoChange) {
  const std::string why = " 4294967295 cannot be used: it means \"no change\"";
  EXPECT_EQ("user" + why, find_user("4294967295").error().message);
  EXPECT_EQ("group" + why, find_group("4294967295").error().message);
}

}  // namespace
}  // namespace gaffer::os
