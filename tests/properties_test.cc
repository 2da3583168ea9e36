/// The properties of a template, looked at from inside the real process.

#include <unistd.h>

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "support/daemon.h"

namespace gaffer::test {
namespace {

using Properties = ProgramsTest;

TEST_F(Properties, AProcessRunsAsTheUserWithThatUsersGroupsAndVariables) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root";
  start_gafferd_with(
      "[process:who]\ncmd = id\nuid = nobody\nrestart = never\n"
      "[process:home]\ncmd = sh -c 'echo $HOME $USER $LOGNAME'\nuid = nobody\nrestart = never\n"
      "[process:group]\ncmd = id -gn\nuid = nobody\ngid = daemon\nrestart = never\n");
  const Ended id = run({.argv = {"/usr/bin/id", "nobody"}});
  EXPECT_TRUE(wait_until_logged("who", id.out.substr(0, id.out.size() - 1)));
  EXPECT_TRUE(wait_until_logged("home", "/nonexistent nobody nobody"));
  EXPECT_TRUE(wait_until_logged("group", "daemon"));
}

TEST_F(Properties, AnUnprivilegedManagerSaysThatItCannotChangeTheUser) {
  if (::geteuid() == 0) GTEST_SKIP() << "needs not to be root";
  start_gafferd_with(section("web", "sleep", "uid = root"));
  EXPECT_EQ(ProcessState::Waiting, process("web").state);
  EXPECT_EQ("cannot change to group 0: operation not permitted", process("web").reason);
}

TEST_F(Properties, AnUnknownUserIsAReasonAndNotAnEnd) {
  start_gafferd_with(section("web", "sleep", "uid = no-such-user") + section("db", "sleep"));
  EXPECT_EQ(ProcessState::Waiting, process("web").state);
  EXPECT_EQ("unknown user no-such-user", process("web").reason);
  EXPECT_EQ(ProcessState::Running, process("db").state);
}

TEST_F(Properties, TheUmaskAndTheEnvironmentAreTheTemplates) {
  start_gafferd_with(section("mask", "print-umask sleep", "umask = 027") +
                     section("bare", "print-env HOME print-env A sleep", "os_env = no") +
                     "[env:bare]\nA = 1\n");
  EXPECT_TRUE(wait_until_logged("mask", std::to_string(027)));
  EXPECT_TRUE(wait_until_logged("bare", "HOME=(unset)"));
  EXPECT_TRUE(wait_until_logged("bare", "A=1"));
}

TEST_F(Properties, AProcessIsAskedToStopByTheSignalOfItsTemplate) {
  start_gafferd_with(section("web", "ignore-term print ready sleep", "stop_signal = INT"));
  ASSERT_TRUE(wait_until_logged("web", "ready"));
  EXPECT_EQ("web: 1 stopped\n", gaffer({"stop", "web"}).out);
  EXPECT_EQ(SIGINT, process("web").last_exit->status.signal);
}

TEST_F(Properties, WhatHasSucceededIsNotStartedAgainOnFailureOnly) {
  start_gafferd_with(section("job", "exit 3", "restart = on-failure\nsuccess_exit_codes = 0, 3") +
                     section("fails", "exit 1", "restart = on-failure"));
  EXPECT_TRUE(eventually([this] { return process("job").state == ProcessState::Stopped; }));
  EXPECT_EQ("exit code 3", process("job").reason);
  EXPECT_EQ(0U, process("job").restarts);
  EXPECT_TRUE(eventually([this] { return process("fails").restarts > 1; }));
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
