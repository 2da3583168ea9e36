#include <string>
#include <vector>

#include "core/manager/manager.h"
#include "support/fake_clock.h"
#include "support/fake_launcher.h"
#include "support/loop_fixture.h"

namespace gaffer {
namespace {

using std::chrono::milliseconds;

/// Makes processes that exist only here, each of which takes a while to make.
class SlowLauncher final : public Launcher {
 public:
  SlowLauncher(test::FakeClock& clock, milliseconds takes) : clock_(clock), takes_(takes) {}
  Result<std::unique_ptr<LaunchedProcess>> launch(const os::SpawnPlan& plan,
                                                  std::shared_ptr<const os::Cgroup> cgroup,
                                                  OnExited on_exited) override {
    clock_.advance(takes_);
    return fake.launch(plan, std::move(cgroup), std::move(on_exited));
  }
  test::FakeLauncher fake;

 private:
  test::FakeClock& clock_;
  milliseconds takes_;
};

class ManyStarts : public test::LoopTest {
 protected:
  void add(const std::string& name, int numprocesses = 1) {
    ASSERT_TRUE(
        manager_.add({.name = name, .cmd = "serve", .numprocesses = numprocesses}).has_value());
  }
  [[nodiscard]] std::size_t made() const { return launcher_.fake.launched.size(); }
  ProcessInfo slot(int number) {
    return manager_.info("web").value().processes.at(static_cast<std::size_t>(number) - 1);
  }
  // NOLINTBEGIN(cppcoreguidelines-non-private-member-variables-in-classes)
  test::FakeClock clock_;
  SlowLauncher launcher_{clock_, milliseconds(10)};
  Manager manager_{loop_, clock_, launcher_, {}};
  // NOLINTEND(cppcoreguidelines-non-private-member-variables-in-classes)
};

TEST_F(ManyStarts, TakeNoMoreOfATurnThanTheirShare) {
  add("web", 9);
  EXPECT_EQ(2U, made());
  EXPECT_EQ(ProcessState::Running, slot(2).state);
  EXPECT_EQ(ProcessState::Waiting, slot(3).state);
  EXPECT_TRUE(slot(3).is_wanted);
  bool is_heard = false;
  uv::Timer client(loop_);
  client.start(milliseconds(0), [&] { is_heard = made() < 9; });
  EXPECT_TRUE(run_until([this] { return made() == 9; }));
  EXPECT_TRUE(is_heard);
  EXPECT_EQ(ProcessState::Running, slot(9).state);
}

TEST_F(ManyStarts, AreInTheOrderOfTheTemplates) {
  add("web", 3);
  add("db");
  EXPECT_TRUE(run_until([this] { return made() == 4; }));
  std::vector<std::string> slots;
  for (const os::SpawnPlan& plan : launcher_.fake.launched) {
    for (const std::string& variable : plan.environment) {
      if (variable.starts_with("GAFFER_NAME=")) slots.push_back(variable.substr(12));
    }
  }
  EXPECT_EQ((std::vector<std::string>{"web", "web", "web", "db"}), slots);
}

TEST_F(ManyStarts, AreSettledOnlyWhenAllAreMade) {
  add("web", 9);
  std::size_t made_then = 0;
  ASSERT_TRUE(manager_.when_settled("web", [&] { made_then = made(); }).has_value());
  EXPECT_TRUE(run_until([&] { return made_then > 0; }));
  EXPECT_EQ(9U, made_then);
}

TEST_F(ManyStarts, AreCalledOffByAStop) {
  add("web", 9);
  ASSERT_TRUE(manager_.stop("web.3").has_value());
  EXPECT_EQ(ProcessState::Stopped, slot(3).state);
  EXPECT_TRUE(run_until([this] { return made() == 8; }));
  run_some_turns();
  EXPECT_EQ(8U, made());
  EXPECT_EQ(ProcessState::Stopped, slot(3).state);
}

TEST_F(ManyStarts, LetAOneOffRunGoFirst) {
  add("web", 9);
  const auto pid = manager_.run_once("web", {});
  ASSERT_TRUE(pid.has_value()) << pid.error().message;
  EXPECT_EQ(3U, made());
}

}  // namespace
}  // namespace gaffer
