#include "core/manager/launch_plan.h"

#include <gtest/gtest.h>

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

TEST(LaunchPlan, ABrokenCommandIsAnError) {
  EXPECT_EQ("unclosed ' quote",
            launch_plan({.name = "web", .cmd = "serve '"}, {}, 1, 1).error().message);
  EXPECT_EQ("cmd is empty", launch_plan({.name = "web", .cmd = " "}, {}, 1, 1).error().message);
}

}  // namespace
}  // namespace gaffer
