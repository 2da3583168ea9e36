#include "core/policy/start_budget.h"

#include <gtest/gtest.h>

namespace gaffer::policy {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(StartBudget, GivesABurstAtOnceAndThenOneEachInterval) {
  StartBudget budget;
  const Moment now{std::chrono::hours(1)};
  for (int start = 0; start < 20; ++start)
    EXPECT_EQ(Duration(0), budget.take(now)) << start;
  EXPECT_EQ(milliseconds(50), budget.take(now));
  EXPECT_EQ(milliseconds(100), budget.take(now));
}

TEST(StartBudget, FillsUpAgainButNotBeyondTheBurst) {
  StartBudget budget;
  const Moment now{std::chrono::hours(1)};
  for (int start = 0; start < 21; ++start)
    budget.take(now);
  const Moment later = now + std::chrono::hours(1);
  for (int start = 0; start < 20; ++start)
    EXPECT_EQ(Duration(0), budget.take(later));
  EXPECT_EQ(milliseconds(50), budget.take(later));
}

TEST(StartBudget, NeverLetsMoreThroughThanItsRate) {
  StartBudget budget;
  const Moment begin{std::chrono::hours(1)};
  int started = 0;
  for (Moment now = begin; now < begin + seconds(60); now += milliseconds(1))
    started += now + budget.take(now) < begin + seconds(60) ? 1 : 0;
  EXPECT_EQ(20 + 1199, started);
}

}  // namespace
}  // namespace gaffer::policy
