#include "core/stats/stats.h"

#include <unistd.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "support/loop_fixture.h"
#include "support/real_process.h"

namespace gaffer::stats {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using All = std::vector<TemplateStats>;

/// A monitor of this process, under the name `self`.
class MonitorTest : public test::LoopTest {
 protected:
  Result<std::vector<Group>> find(std::string_view target) const {
    if (target == "idle") return std::vector<Group>{{.name = "idle", .subjects = {}}};
    if (target != "self" || is_gone_) return Error{Errc::NotFound, 0, "no template"};
    return std::vector<Group>{
        {.name = "self", .subjects = {{.os_pid = ::getpid(), .pid = 7, .slot = 2}}}};
  }
  Subscription listen(Monitor::OnStats on_stats, milliseconds refresh = milliseconds(10)) {
    return std::move(monitor_->listen("self", std::move(on_stats), {.refresh = refresh}).value());
  }
  static std::size_t files_of_proc() {
    std::size_t count = 0;
    const test::RealProcess self(::getpid());
    for (const std::string& number : self.descriptors())
      count += self.link("fd/" + number).starts_with("/proc/") ? 1 : 0;
    return count;
  }

  // NOLINTBEGIN(cppcoreguidelines-non-private-member-variables-in-classes)
  SystemClock clock_;
  bool is_gone_ = false;
  std::unique_ptr<Monitor> monitor_ = std::make_unique<Monitor>(
      loop_, clock_, [this](std::string_view target) { return find(target); });
  // NOLINTEND(cppcoreguidelines-non-private-member-variables-in-classes)
};

TEST_F(MonitorTest, TellsWhatTheProcessesOfATargetUse) {
  std::optional<All> heard;
  std::string event;
  const Subscription subscription = listen([&](std::string_view name, const All& stats) {
    event = name;
    heard = stats;
  });
  EXPECT_FALSE(heard.has_value());  // On a later turn.
  ASSERT_TRUE(run_until([&] { return heard.has_value(); }));
  EXPECT_EQ("STATS", event);
  ASSERT_EQ(1U, heard->size());
  EXPECT_EQ("self", heard->at(0).name);
  const ProcessStats& process = heard->at(0).processes.at(0);
  EXPECT_EQ(7U, process.pid);
  EXPECT_EQ(2, process.slot);
  EXPECT_EQ(::getpid(), process.os_pid);
  EXPECT_TRUE(process.cpu.has_value());  // There was a look before the first that is told.
}

TEST_F(MonitorTest, GoesOn) {
  int times = 0;
  const Subscription subscription = listen([&](auto, const auto&) { ++times; });
  EXPECT_TRUE(run_until([&] { return times >= 5; }));
}

TEST_F(MonitorTest, HasNoTimerAndNoOpenFileButForAListener) {
  EXPECT_EQ(0U, files_of_proc());
  loop_.run();  // Returns: nothing waits.
  int times = 0;
  Subscription subscription = listen([&](auto, const auto&) { ++times; });
  ASSERT_TRUE(run_until([&] { return times == 1; }));
  EXPECT_LT(0U, files_of_proc());
  subscription.unsubscribe();
  EXPECT_EQ(0U, files_of_proc());
  loop_.run();
  EXPECT_EQ(1, times);
}

TEST_F(MonitorTest, LetsTwoWhoWantTheSameShareItsLooks) {
  int first = 0;
  int second = 0;
  const Subscription one = listen([&](auto, const auto&) { ++first; });
  ASSERT_TRUE(run_until([&] { return first == 1; }));
  const std::size_t files = files_of_proc();
  Subscription two = listen([&](auto, const auto&) { ++second; });
  ASSERT_TRUE(run_until([&] { return second == 1; }));
  EXPECT_EQ(files, files_of_proc());
  two.unsubscribe();
  const int before = first;
  ASSERT_TRUE(run_until([&] { return first > before; }));
  EXPECT_EQ(1, second);
}

TEST_F(MonitorTest, GivesEachItsOwnPace) {
  int often = 0;
  int seldom = 0;
  const Subscription one = listen([&](auto, const auto&) { ++often; });
  const Subscription two = listen([&](auto, const auto&) { ++seldom; }, hours(1));
  EXPECT_TRUE(run_until([&] { return often >= 5; }));
  EXPECT_EQ(0, seldom);
}

TEST_F(MonitorTest, TellsNothingOfATargetThatIsGoneAndGoesOnWhenItIsThereAgain) {
  std::optional<All> heard;
  const Subscription subscription = listen([&](auto, const All& stats) { heard = stats; });
  ASSERT_TRUE(run_until([&] { return heard && heard->size() == 1; }));
  is_gone_ = true;
  EXPECT_TRUE(run_until([&] { return heard->empty(); }));
  is_gone_ = false;
  EXPECT_TRUE(run_until([&] { return heard->size() == 1; }));
}

TEST_F(MonitorTest, TellsOfATemplateOfWhichNothingRuns) {
  std::optional<All> heard;
  const auto subscription = monitor_->listen("idle", [&](auto, const All& stats) { heard = stats; },
                                             {.refresh = milliseconds(10)});
  ASSERT_TRUE(subscription.has_value());
  ASSERT_TRUE(run_until([&] { return heard.has_value(); }));
  EXPECT_TRUE(heard->at(0).processes.empty());
}

TEST_F(MonitorTest, RefusesWhatItDoesNotKnowAndAPaceBeyondItsBounds) {
  const auto refusal = [&](std::string_view target, milliseconds refresh) {
    return monitor_->listen(target, [](auto, const auto&) {}, {.refresh = refresh}).error();
  };
  EXPECT_EQ(Errc::NotFound, refusal("nobody", milliseconds(10)).code);
  EXPECT_EQ("cannot look every 9 ms: it must be from 10 ms to 1 h",
            refusal("self", milliseconds(9)).message);
  EXPECT_EQ(Errc::InvalidArgument, refusal("self", hours(1) + milliseconds(1)).code);
  loop_.run();  // Nothing was left behind.
}

TEST_F(MonitorTest, LetsAHandlerEndItsOwnSubscriptionAndBeginAnother) {
  int first = 0;
  int second = 0;
  Subscription next;
  Subscription subscription;
  subscription = listen([&](auto, const auto&) {
    ++first;
    subscription.unsubscribe();
    next = listen([&](auto, const auto&) { ++second; }, milliseconds(11));
  });
  EXPECT_TRUE(run_until([&] { return second >= 3; }));
  EXPECT_EQ(1, first);
}

TEST_F(MonitorTest, LetsAHandlerDestroyIt) {
  int times = 0;
  const Subscription one = listen([&](auto, const auto&) {
    ++times;
    monitor_.reset();
  });
  const Subscription two = listen([&](auto, const auto&) { ++times; });
  loop_.run();
  EXPECT_EQ(1, times);
}

TEST_F(MonitorTest, LooksOnceForWhoAsksOnce) {
  const All stats = monitor_->look("self", {}).value();
  EXPECT_FALSE(stats.at(0).processes.at(0).cpu.has_value());
  EXPECT_LT(0U, stats.at(0).processes.at(0).mem_info1.value());
  EXPECT_EQ(0U, files_of_proc());
  EXPECT_EQ(Errc::NotFound, monitor_->look("nobody", {}).error().code);
}

}  // namespace
}  // namespace gaffer::stats
