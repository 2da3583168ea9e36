#include <chrono>
#include <csignal>
#include <string>
#include <vector>

#include "support/manager_fixture.h"

namespace gaffer {
namespace {

class ManagerEvents : public test::ManagerTest {
 protected:
  Event last() { return manager_.events_after(manager_.revision() - 1).value().front(); }
};

TEST_F(ManagerEvents, AnExitTellsWhoItWasAndHow) {
  ProcessTemplate web = sample();
  web.restart = Restart::Never;
  add(std::move(web));
  exit(1001, {.signal = SIGKILL});
  const Event exit = last();
  EXPECT_EQ(Event::Kind::Exit, exit.kind);
  EXPECT_EQ("web", exit.name);
  EXPECT_EQ(1, exit.slot);
  EXPECT_EQ(1U, exit.pid);
  EXPECT_EQ(1001, exit.os_pid);
  EXPECT_EQ(ExitStatus{.signal = SIGKILL}, exit.status);
  EXPECT_EQ("killed by SIGKILL", exit.reason);
  EXPECT_EQ(clock_.wall(), exit.time);
  EXPECT_FALSE(exit.is_once);
}

TEST_F(ManagerEvents, AProcessThatLosesItsPlaceIsReaped) {
  add(sample(2));
  take_events();
  ASSERT_TRUE(manager_.scale("web", "1").has_value());
  EXPECT_EQ((Events{"update web", "reap web.2", "stop_pid web.2"}), take_events());
}

TEST_F(ManagerEvents, ATemplateThatIsRemovedIsStoppedAndNotReaped) {
  add(sample());
  take_events();
  ASSERT_TRUE(manager_.remove("web").has_value());
  EXPECT_EQ((Events{"stop web", "stop_pid web.1"}), take_events());
}

TEST_F(ManagerEvents, ARestartIsToldOfTheTemplateOrOfTheProcess) {
  add(sample());
  take_events();
  ASSERT_TRUE(manager_.restart("web").has_value());
  EXPECT_EQ((Events{"restart web", "stop_pid web.1"}), take_events());
  launcher_.obey();
  EXPECT_EQ((Events{"exit web.1", "spawn web.1"}), take_events());
  ASSERT_TRUE(manager_.restart("web.1").has_value());
  EXPECT_EQ((Events{"restart web.1", "stop_pid web.1"}), take_events());
}

TEST_F(ManagerEvents, AReloadSpawnsBeforeItReaps) {
  add(sample());
  take_events();
  ASSERT_TRUE(manager_.reload("web").has_value());
  Events all = take_events();
  EXPECT_EQ((Events{"reload web", "spawn web.1"}), all);
  EXPECT_TRUE(run_until([&] { return slot(1).pid == 2; }));
  EXPECT_EQ((Events{"reap web.1", "stop_pid web.1"}), take_events());
}

TEST_F(ManagerEvents, AOneOffRunSaysThatItIsOne) {
  add(sample(0));
  ASSERT_TRUE(manager_.run_once("web", {}).has_value());
  EXPECT_EQ(Event::Kind::Spawn, last().kind);
  EXPECT_TRUE(last().is_once);
}

TEST_F(ManagerEvents, AReaderGoesOnAfterTheRevisionOfItsLastLook) {
  add(sample());
  const std::uint64_t looked = manager_.revision();
  EXPECT_EQ(3U, looked);  // create, start, spawn
  ASSERT_TRUE(manager_.stop("web").has_value());
  const auto missed = manager_.events_after(looked).value();
  ASSERT_EQ(2U, missed.size());
  EXPECT_EQ(4U, missed[0].revision);
  EXPECT_EQ(Event::Kind::Stop, missed[0].kind);
  EXPECT_EQ(5U, missed[1].revision);
  EXPECT_EQ(Event::Kind::StopPid, missed[1].kind);
}

TEST_F(ManagerEvents, AManagerThatFollowsAnotherGoesOnCounting) {
  Manager successor(loop_, clock_, launcher_, {.last_revision = 700});
  ASSERT_TRUE(successor.add(sample()).has_value());
  EXPECT_EQ(703U, successor.revision());
  EXPECT_EQ(Errc::NotFound, successor.events_after(699).error().code);
}

}  // namespace
}  // namespace gaffer
