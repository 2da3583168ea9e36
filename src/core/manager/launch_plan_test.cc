#include "core/manager/launch_plan.h"

#include <gtest/gtest.h>

#include "os/users.h"
#include "support/temp_dir.h"

namespace gaffer {
namespace {

using Words = std::vector<std::string>;

Result<os::SpawnPlan> plan(const ProcessTemplate& process_template, const Words& base = {},
                           const LaunchId& id = {}) {
  return launch_plan(process_template, base, {}, id);
}

TEST(LaunchPlan, SplitsTheCommandAndAppendsTheArguments) {
  const ProcessTemplate web{.name = "web", .cmd = "serve --title 'my shop'", .args = {"a b"}};
  EXPECT_EQ((Words{"serve", "--title", "my shop", "a b"}), plan(web)->argv);
}

TEST(LaunchPlan, AShellGetsTheWholeLineWithTheArgumentsQuoted) {
  const ProcessTemplate web{
      .name = "web", .cmd = "serve --port $PORT", .args = {"a b"}, .shell = true};
  EXPECT_EQ((Words{"/bin/sh", "-c", "serve --port $PORT 'a b'"}), plan(web)->argv);
}

TEST(LaunchPlan, TheTemplatesVariablesWinOverTheManagers) {
  const ProcessTemplate web{.name = "web", .cmd = "serve", .env = {{"B", "theirs"}, {"C", ""}}};
  EXPECT_EQ((Words{"A=1", "B=theirs", "C=", "GAFFER_NAME=web", "GAFFER_PID=7", "GAFFER_SLOT=2"}),
            plan(web, {"A=1", "B=ours", "GAFFER_SLOT=9"}, {.slot = 2, .pid = 7})->environment);
}

TEST(LaunchPlan, EachSlotHasItsOwnPort) {
  const ProcessTemplate web{.name = "web", .cmd = "serve", .port = 5000};
  EXPECT_EQ("PORT=5002", plan(web, {"PORT=80"}, {.slot = 3})->environment.back());
}

TEST(LaunchPlan, TakesNothingOfTheManagersEnvironmentWhenTold) {
  const ProcessTemplate web{.name = "web", .cmd = "serve", .env = {{"B", "2"}}, .os_env = false};
  EXPECT_EQ((Words{"B=2", "GAFFER_NAME=web", "GAFFER_PID=1", "GAFFER_SLOT=1"}),
            plan(web, {"A=1"})->environment);
}

TEST(AssumeIdentity, IsNothingWithoutAUserOrGroup) {
  os::SpawnPlan plan;
  ASSERT_TRUE(assume_identity({.name = "web", .cmd = "serve"}, plan).has_value());
  EXPECT_EQ(std::nullopt, plan.identity);
}

TEST(AssumeIdentity, BringsTheUsersGroupsAndVariables) {
  const ProcessTemplate web{.name = "web", .cmd = "serve", .uid = "nobody"};
  os::SpawnPlan plan;
  ASSERT_TRUE(assume_identity(web, plan).has_value());
  const os::User nobody = os::find_user("nobody").value();
  EXPECT_EQ(os::identity_of(nobody), plan.identity);
  EXPECT_EQ((config::Variables{{"HOME", nobody.home},
                               {"USER", "nobody"},
                               {"LOGNAME", "nobody"},
                               {"SHELL", nobody.shell}}),
            outer_variables(web).value());
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

TEST(LaunchPlan, EachLayerOfTheEnvironmentWinsOverTheOneBefore) {
  const ProcessTemplate web{.name = "web", .cmd = "serve", .env = {{"C", "env"}}};
  const auto planned = launch_plan(web, {"A=base", "B=base", "C=base"},
                                   {{"B", "outer"}, {"C", "outer"}}, {.tree = "1.1."});
  EXPECT_EQ((Words{"A=base", "B=outer", "C=env", "GAFFER_NAME=web", "GAFFER_PID=1", "GAFFER_SLOT=1",
                   "GAFFER_TREE=1.1."}),
            planned->environment);
}

TEST(LaunchPlan, PutsVariablesIntoTheTextsOfTheTemplate) {
  const ProcessTemplate web{.name = "web",
                            .cmd = "serve --port $PORT '$A b'",
                            .args = {"${NOT_THERE:-none}", "$$A"},
                            .env = {{"DIR", "$A/data"}},
                            .cwd = "/srv/$DIR",
                            .port = 5000};
  const auto planned = plan(web, {"A=a"}, {.slot = 2});
  ASSERT_TRUE(planned.has_value()) << planned.error().message;
  EXPECT_EQ((Words{"serve", "--port", "5001", "a b", "none", "$A"}), planned->argv);
  EXPECT_EQ("/srv/a/data", planned->directory);
}

TEST(LaunchPlan, NamesTheUnknownVariableAndItsPlace) {
  const ProcessTemplate web{.name = "web", .cmd = "serve $PROT", .port = 5000};
  EXPECT_EQ("cmd: unknown variable $PROT (did you mean $PORT?)", plan(web).error().message);
  EXPECT_EQ("cmd: unknown variable $PROT (did you mean $PORT?)",
            require_plan(web, {}).error().message);
}

TEST(LaunchPlan, TakesRawTextsAsTheyAre) {
  const ProcessTemplate web{
      .name = "web", .cmd = "serve $A", .env = {{"A", "$B"}}, .raw = true, .cwd = "/$A"};
  const auto planned = plan(web);
  EXPECT_EQ((Words{"serve", "$A"}), planned->argv);
  EXPECT_EQ("A=$B", planned->environment.front());
  EXPECT_EQ("/$A", planned->directory);
}

TEST(LaunchPlan, TheVariablesOfAFileAreBelowTheTemplates) {
  const test::TempDir dir;
  const ProcessTemplate web{.name = "web",
                            .cmd = "serve $B",
                            .env = {{"A", "env"}},
                            .env_file = dir.write("web.env", "A=file\nB=file\n")};
  const auto planned = launch_plan(web, {}, outer_variables(web).value(), {});
  EXPECT_EQ((Words{"serve", "file"}), planned->argv);
  EXPECT_EQ("A=env", planned->environment.front());
}

TEST(LaunchPlan, AFileOfVariablesThatIsMissingOrWrongIsNamed) {
  const test::TempDir dir;
  ProcessTemplate web{.name = "web", .cmd = "serve", .env_file = dir.path("none.env")};
  EXPECT_NE(std::string::npos, require_plan(web, {}).error().message.find("none.env"));
  web.env_file = dir.write("bad.env", "A=1\nno variable\n");
  EXPECT_NE(std::string::npos, require_plan(web, {}).error().message.find("bad.env:2:"));
}

TEST(LaunchPlan, ABrokenCommandIsAnError) {
  EXPECT_EQ("unclosed ' quote", plan({.name = "web", .cmd = "serve '"}).error().message);
  EXPECT_EQ("cmd is empty", plan({.name = "web", .cmd = " "}).error().message);
}

}  // namespace
}  // namespace gaffer
