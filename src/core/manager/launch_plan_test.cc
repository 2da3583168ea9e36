#include "core/manager/launch_plan.h"

#include <gtest/gtest.h>

#include "os/users.h"

namespace gaffer {
namespace {

using Words = std::vector<std::string>;

TEST(LaunchPlan, SplitsTheCommandAndAppendsTheArguments) {
  const ProcessTemplate web{.name = "web", .cmd = "serve --title 'my shop'", .args = {"a b"}};
  EXPECT_EQ((Words{"serve", "--title", "my shop", "a b"}), launch_plan(web, {}, 1, 1)->argv);
}

TEST(LaunchPlan, AShellGetsTheWholeLineWithTheArgumentsQuoted) {
  const ProcessTemplate web{
      .name = "web", .cmd = "serve --port $PORT", .args = {"a b"}, .shell = true};
  EXPECT_EQ((Words{"/bin/sh", "-c", "serve --port $PORT 'a b'"}), launch_plan(web, {}, 1, 1)->argv);
}

TEST(LaunchPlan, TheTemplatesVariablesWinOverTheManagers) {
  const ProcessTemplate web{.name = "web", .cmd = "serve", .env = {{"B", "theirs"}, {"C", ""}}};
  EXPECT_EQ((Words{"A=1", "B=theirs", "C=", "GAFFER_NAME=web", "GAFFER_PID=7", "GAFFER_SLOT=2"}),
            launch_plan(web, {"A=1", "B=ours", "GAFFER_SLOT=9"}, 2, 7)->environment);
}

TEST(LaunchPlan, EachSlotHasItsOwnPort) {
  const ProcessTemplate web{.name = "web", .cmd = "serve", .port = 5000};
  EXPECT_EQ("PORT=5002", launch_plan(web, {"PORT=80"}, 3, 1)->environment.back());
}

TEST(LaunchPlan, TakesNothingOfTheManagersEnvironmentWhenTold) {
  const ProcessTemplate web{.name = "web", .cmd = "serve", .env = {{"B", "2"}}, .os_env = false};
  EXPECT_EQ((Words{"B=2", "GAFFER_NAME=web", "GAFFER_PID=1", "GAFFER_SLOT=1"}),
            launch_plan(web, {"A=1"}, 1, 1)->environment);
}

TEST(AssumeIdentity, IsNothingWithoutAUserOrGroup) {
  os::SpawnPlan plan;
  ASSERT_TRUE(assume_identity({.name = "web", .cmd = "serve"}, plan).has_value());
  EXPECT_EQ(std::nullopt, plan.identity);
}

TEST(AssumeIdentity, BringsTheUsersGroupsAndVariables) {
  os::SpawnPlan plan{.environment = {"HOME=/here", "A=1"}};
  ASSERT_TRUE(assume_identity({.name = "web", .cmd = "serve", .uid = "nobody"}, plan).has_value());
  const os::User nobody = os::find_user("nobody").value();
  EXPECT_EQ(os::identity_of(nobody), plan.identity);
  EXPECT_EQ((Words{"A=1", "HOME=" + nobody.home, "USER=nobody", "LOGNAME=nobody",
                   "SHELL=" + nobody.shell}),
            plan.environment);
}

TEST(AssumeIdentity, TheTemplatesOwnVariablesWin) {
  const ProcessTemplate web{
      .name = "web", .cmd = "serve", .env = {{"HOME", "/mine"}}, .uid = "nobody"};
  os::SpawnPlan plan{.environment = {"HOME=/mine"}};
  ASSERT_TRUE(assume_identity(web, plan).has_value());
  EXPECT_EQ("HOME=/mine", plan.environment.front());
}

TEST(AssumeIdentity, AGroupReplacesTheUsersAndUnknownOnesAreNamed) {
  os::SpawnPlan plan;
  ASSERT_TRUE(
      assume_identity({.name = "web", .cmd = "serve", .uid = "nobody", .gid = "daemon"}, plan)
          .has_value());
  EXPECT_EQ(os::find_group("daemon").value(), plan.identity->group);
  EXPECT_EQ("unknown group no-such-group",
            assume_identity({.name = "web", .cmd = "serve", .gid = "no-such-group"}, plan)
                .error()
                .message);
}

TEST(LaunchPlan, ABrokenCommandIsAnError) {
  EXPECT_EQ("unclosed ' quote",
            launch_plan({.name = "web", .cmd = "serve '"}, {}, 1, 1).error().message);
  EXPECT_EQ("cmd is empty", launch_plan({.name = "web", .cmd = " "}, {}, 1, 1).error().message);
}

}  // namespace
}  // namespace gaffer
