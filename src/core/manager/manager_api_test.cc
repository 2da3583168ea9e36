#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "gaffer/manager.h"
#include "support/manager_fixture.h"

namespace gaffer {
namespace {

using test::milliseconds;

/// Notes each transition.
class Recorder final : public Application {
 public:
  Recorder(std::string name, std::vector<std::string>& notes, bool is_failing = false)
      : name_(std::move(name)), notes_(notes), is_failing_(is_failing) {}

  Result<void> start(uv_loop_s* /*loop*/, Manager& /*manager*/) override {
    notes_.push_back("start " + name_);
    if (is_failing_) return Error{Errc::Io, 0, name_ + " cannot"};
    return {};
  }
  void stop() override { notes_.push_back("stop " + name_); }
  void restart() override { notes_.push_back("restart " + name_); }

 private:
  std::string name_;
  std::vector<std::string>& notes_;
  bool is_failing_;
};

class ManagerApi : public test::ManagerTest {
 protected:
  using Notes = std::vector<std::string>;
  Notes notes_;                        // NOLINT
  Recorder a_{"a", notes_};            // NOLINT
  Recorder b_{"b", notes_};            // NOLINT
  Recorder bad_{"bad", notes_, true};  // NOLINT
};

TEST_F(ManagerApi, TellsApplicationsOfEachTransitionOnce) {
  ASSERT_TRUE(manager_.start({&a_, &b_}).has_value());
  EXPECT_EQ((Notes{"start a", "start b"}), std::exchange(notes_, {}));
  add(sample());
  bool has_restarted = false;
  manager_.restart([&] { has_restarted = true; });
  EXPECT_TRUE(notes_.empty());  // On a later turn.
  EXPECT_TRUE(run_until([&] {
    launcher_.obey();
    return has_restarted;
  }));
  EXPECT_EQ((Notes{"restart a", "restart b"}), std::exchange(notes_, {}));
  int stopped = 0;
  manager_.stop([&] { ++stopped; });
  manager_.stop([&] { ++stopped; });
  run_some_turns();
  EXPECT_EQ(Notes{}, notes_);  // A process still runs.
  launcher_.obey();
  run_some_turns();
  EXPECT_EQ(2, stopped);
  EXPECT_EQ((Notes{"stop b", "stop a"}), notes_);
}

TEST_F(ManagerApi, AnApplicationThatCannotStartKeepsTheManagerFromStarting) {
  const auto started = manager_.start({&a_, &bad_, &b_});
  ASSERT_FALSE(started.has_value());
  EXPECT_EQ("bad cannot", started.error().message);
  EXPECT_EQ((Notes{"start a", "start bad", "stop a"}), notes_);
  EXPECT_FALSE(manager_.is_started());
}

TEST_F(ManagerApi, CanBeStartedOnceAndNotAgainAfterAStop) {
  ASSERT_TRUE(manager_.start().has_value());
  EXPECT_EQ(Errc::AlreadyExists, manager_.start().error().code);
  bool was_started = true;
  manager_.stop([&] { was_started = manager_.is_started(); });
  run_some_turns();
  EXPECT_FALSE(was_started);
  EXPECT_EQ(Errc::NotRunning, manager_.start().error().code);
}

TEST_F(ManagerApi, MayBeToldToStopBeforeItRuns) {
  EXPECT_EQ(Errc::NotRunning, manager_.run().error().code);
  ASSERT_TRUE(manager_.start({&a_}).has_value());
  add(sample());
  manager_.stop();
  manager_.post([&] { launcher_.obey(); });
  EXPECT_TRUE(manager_.run().has_value());
  EXPECT_EQ((Notes{"start a", "stop a"}), notes_);
  EXPECT_TRUE(manager_.running().empty());
}

TEST_F(ManagerApi, ADestroyedManagerStopsItsApplications) {
  auto manager = std::make_unique<Manager>(loop_, clock_, launcher_, Manager::Settings{});
  ASSERT_TRUE(manager->start({&a_}).has_value());
  manager.reset();
  EXPECT_EQ((Notes{"start a", "stop a"}), notes_);
}

TEST_F(ManagerApi, TheCallbackOfAStopMayDestroyTheManager) {
  auto manager = std::make_unique<Manager>(loop_, clock_, launcher_, Manager::Settings{});
  ASSERT_TRUE(manager->start({&a_}).has_value());
  ASSERT_TRUE(manager->add(sample(0)).has_value());
  manager->stop([&] { manager.reset(); });
  run_some_turns();
  EXPECT_EQ(nullptr, manager);
  EXPECT_EQ((Notes{"start a", "stop a"}), notes_);
}

TEST_F(ManagerApi, RestartsOnlyWhatIsStarted) {
  ASSERT_TRUE(manager_.start().has_value());
  ProcessTemplate idle = sample();
  idle.name = "idle";
  idle.start = false;
  add(sample());
  add(std::move(idle));
  manager_.restart();
  EXPECT_TRUE(run_until([&] {
    launcher_.obey();
    return slot(1).pid == 2 && launcher_.running().size() == 1;
  }));
  EXPECT_EQ(2U, launcher_.launched.size());
}

TEST_F(ManagerApi, CountsUpAndDown) {
  add(sample());
  EXPECT_EQ(2, manager_.ttin("web").value());
  EXPECT_EQ(5, manager_.ttin("web", 3).value());
  EXPECT_EQ(4, manager_.ttou("web").value());
  EXPECT_EQ(1, manager_.ttou("web", 3).value());
  EXPECT_EQ(Errc::NotFound, manager_.ttin("nobody").error().code);
  EXPECT_EQ(1U, manager_.info("web").value().process_template.numprocesses);
}

TEST_F(ManagerApi, KnowsItsGroupsAndWalksThem) {
  for (const char* name : {"shop:web", "shop:db", "alone"})
    ASSERT_TRUE(manager_.add({.name = name, .cmd = "serve", .numprocesses = 2}).has_value());
  EXPECT_EQ((std::map<std::string, std::vector<std::string>>{{"shop", {"shop:web", "shop:db"}}}),
            manager_.groups());
  Notes walked;
  ASSERT_TRUE(manager_
                  .walk("shop:*",
                        [&](const ProcessInfo& process) {
                          walked.push_back(process.name + "." + std::to_string(process.slot));
                        })
                  .has_value());
  EXPECT_EQ((Notes{"shop:web.1", "shop:web.2", "shop:db.1", "shop:db.2"}), walked);
  EXPECT_EQ(Errc::NotFound, manager_.walk("nobody", [](const ProcessInfo&) {}).error().code);
}

TEST_F(ManagerApi, EventsAreHeardByName) {
  Notes heard;
  const auto note = [&](std::string_view name, const Event& /*event*/) {
    heard.emplace_back(name);
  };
  const auto exits = manager_.subscribe("exit", note);
  const auto web = manager_.subscribe("proc.web", note);
  const auto first = manager_.subscribe("proc.1", note);
  const auto once = manager_.subscribe_once("spawn", note);
  add(sample());
  EXPECT_EQ((Notes{"proc.web.create", "proc.web.start", "proc.web.spawn", "proc.1.spawn", "spawn"}),
            std::exchange(heard, {}));
  exit(1001);
  EXPECT_EQ((Notes{"exit", "proc.web.exit", "proc.1.exit", "proc.web.spawn"}), heard);
}

TEST_F(ManagerApi, OtherThreadsPostSubscribeAndStop) {
  ASSERT_TRUE(manager_.start().has_value());
  std::atomic<int> heard{0};
  std::thread other([&] {
    manager_.wakeup();
    const auto spawned =
        manager_.subscribe("spawn", [&](std::string_view, const Event&) { ++heard; });
    for (int i = 0; i < 3; ++i)
      manager_.post([&] { (void)manager_.add(sample()); });
    while (heard == 0)
      std::this_thread::yield();
    manager_.post([&] { (void)manager_.remove("web"); });
    manager_.post([&] { launcher_.obey(); });
    manager_.stop();
  });
  EXPECT_TRUE(manager_.run().has_value());
  other.join();
  EXPECT_EQ(1, heard);
}

TEST(ManagerOfAHost, RunsOnItsOwnLoop) {
  auto manager = Manager::create().value();
  ASSERT_TRUE(manager->start().has_value());
  std::vector<std::string> heard;
  const auto all = manager->subscribe([&](const Event& event) {
    heard.emplace_back(event_name(event.kind));
    if (event.kind == Event::Kind::Exit) manager->stop();
  });
  ASSERT_TRUE(manager->add({.name = "one", .cmd = "true", .restart = Restart::Never}).has_value());
  ASSERT_TRUE(manager->run().has_value());
  EXPECT_EQ((std::vector<std::string>{"create", "start", "spawn", "exit"}),
            std::vector<std::string>(heard.begin(), heard.begin() + 4));
}

}  // namespace
}  // namespace gaffer
