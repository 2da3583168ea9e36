#include "core/manager/output_monitor.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "support/loop_fixture.h"
#include "support/programs.h"

namespace gaffer {
namespace {

/// A manager of real puppets.
class OutputMonitorTest : public test::LoopTest {
 protected:
  static ProcessTemplate puppet(const std::string& name, const std::string& verbs) {
    return {.name = name,
            .cmd = test::puppet() + " " + verbs,
            .redirect_output = {"out", "err"},
            .redirect_input = true};
  }
  void add(const ProcessTemplate& process_template) {
    ASSERT_TRUE(manager_->add(process_template).has_value());
  }
  /// Notes `web.1 out: text` of what comes.
  Manager::OnIo note() {
    return [this](std::string_view label, const IoEvent& output) {
      EXPECT_EQ(label, output.label);
      heard_ += output.name + "." + std::to_string(output.slot) + " " + output.label + ": " +
                std::string(output.data);
    };
  }
  Subscription listen(std::string_view target, std::string_view label) {
    return std::move(manager_->monitor_io(target, label, note()).value());
  }
  bool wait_until_heard(const std::string& text) {
    return run_until([&] { return heard_.find(text) != std::string::npos; });
  }

  // NOLINTBEGIN(cppcoreguidelines-non-private-member-variables-in-classes)
  std::string heard_;
  std::unique_ptr<Manager> manager_ = std::move(Manager::create(loop_.raw()).value());
  // NOLINTEND(cppcoreguidelines-non-private-member-variables-in-classes)
};

TEST_F(OutputMonitorTest, TellsWhatAProcessWritesToTheStreamOfALabel) {
  ProcessTemplate web = puppet("web", "print a print-error b sleep");
  web.start = false;
  add(web);
  const Subscription out = listen("web", "out");
  ASSERT_TRUE(manager_->start("web").has_value());
  ASSERT_TRUE(wait_until_heard("a"));
  run_some_turns();
  EXPECT_EQ("web.1 out: a\n", heard_);
}

TEST_F(OutputMonitorTest, TellsOfAllLabelsForADot) {
  const Subscription nothing_yet;
  ProcessTemplate web = puppet("web", "print a print-error b sleep");
  web.start = false;
  add(web);
  const Subscription all = listen("web", ".");
  ASSERT_TRUE(manager_->start("web").has_value());
  EXPECT_TRUE(wait_until_heard("web.1 out: a\n"));
  EXPECT_TRUE(wait_until_heard("web.1 err: b\n"));
}

TEST_F(OutputMonitorTest, TellsFromWhomAndWhereItStands) {
  add(puppet("web", "echo-stdin"));
  std::vector<IoEvent> events;
  std::string data;
  const auto subscription =
      manager_->monitor_io("web", "out", [&](std::string_view /*label*/, const IoEvent& output) {
        events.push_back(output);
        data += output.data;
      });
  ASSERT_TRUE(manager_->write("web", "one\n").has_value());
  ASSERT_TRUE(run_until([&] { return data == "one\n"; }));
  ASSERT_TRUE(manager_->write("web", "two\n").has_value());
  ASSERT_TRUE(run_until([&] { return data == "one\ntwo\n"; }));
  EXPECT_EQ(1U, events.front().pid);
  EXPECT_EQ(0U, events.front().offset);
  EXPECT_EQ(4U, events.back().offset);
  EXPECT_EQ(0U, events.back().gap);
}

TEST_F(OutputMonitorTest, TellsNothingOfThePast) {
  add(puppet("web", "print past echo-stdin"));
  {
    const Subscription first = listen("web", "out");
    ASSERT_TRUE(wait_until_heard("past\n"));
  }
  heard_.clear();
  const Subscription second = listen("web", "out");
  ASSERT_TRUE(manager_->write("web", "present\n").has_value());
  ASSERT_TRUE(wait_until_heard("present\n"));
  EXPECT_EQ("web.1 out: present\n", heard_);
}

TEST_F(OutputMonitorTest, TellsOfProcessesThatAreStartedLater) {
  add(puppet("web", "print hello sleep"));
  const Subscription all = listen("*", "out");
  ASSERT_TRUE(manager_->scale("web", "=2").has_value());
  EXPECT_TRUE(wait_until_heard("web.2 out: hello\n"));
  add(puppet("db", "print ready sleep"));
  EXPECT_TRUE(wait_until_heard("db.1 out: ready\n"));
}

TEST_F(OutputMonitorTest, TellsOfOneProcessAloneWhereAPidIsMeant) {
  add(puppet("web", "print hello exit 0"));
  std::optional<std::uint64_t> other;
  const auto subscription =
      manager_->monitor_io("1", ".", [&](std::string_view /*label*/, const IoEvent& output) {
        if (output.pid != 1) other = output.pid;
      });
  ASSERT_TRUE(subscription.has_value());
  const Subscription all = listen("web", "out");
  EXPECT_TRUE(wait_until_heard("hello\nweb.1 out: hello\n"));  // Of two processes of the slot.
  EXPECT_EQ(std::nullopt, other);
}

TEST_F(OutputMonitorTest, KeepsEveryByteOfMuch) {
  ProcessTemplate web = puppet("web", "spam 1000000 print-partial end sleep");
  web.start = false;
  add(web);
  std::uint64_t next = 0;
  std::string last;
  const auto subscription =
      manager_->monitor_io("web", "out", [&](std::string_view /*label*/, const IoEvent& output) {
        EXPECT_EQ(next, output.offset - output.gap);
        EXPECT_EQ(0U, output.gap);
        next = output.offset + output.data.size();
        last = output.data;
      });
  ASSERT_TRUE(manager_->start("web").has_value());
  EXPECT_TRUE(run_until([&] { return next == 1'000'003; }));
  EXPECT_TRUE(last.ends_with("end"));
}

TEST_F(OutputMonitorTest, EndsWithItsSubscriptionAlsoInItsOwnHandler) {
  add(puppet("web", "echo-stdin"));
  int times = 0;
  Subscription subscription;
  subscription = std::move(manager_
                               ->monitor_io("web", "out",
                                            [&](auto /*label*/, const IoEvent& /*output*/) {
                                              ++times;
                                              subscription.unsubscribe();
                                            })
                               .value());
  const Subscription other = listen("web", "out");
  ASSERT_TRUE(manager_->write("web", "one\n").has_value());
  ASSERT_TRUE(wait_until_heard("one"));
  ASSERT_TRUE(manager_->write("web", "two\n").has_value());
  ASSERT_TRUE(wait_until_heard("two"));
  EXPECT_EQ(1, times);
}

TEST_F(OutputMonitorTest, LetsAHandlerDestroyTheManager) {
  add(puppet("web", "print hello sleep"));
  const auto first = manager_->monitor_io(
      "web", "out", [&](auto /*label*/, const IoEvent& /*output*/) { manager_.reset(); });
  const Subscription second = listen("web", "out");
  EXPECT_TRUE(run_until([&] { return manager_ == nullptr; }));
  EXPECT_EQ("", heard_);
}

TEST_F(OutputMonitorTest, KnowsNoStreamThatIsNotThere) {
  add(puppet("web", "sleep"));
  EXPECT_EQ("web has no output stream stdout",
            manager_->monitor_io("web", "stdout", note()).error().message);
  EXPECT_EQ(Errc::NotFound, manager_->monitor_io("nobody", ".", note()).error().code);
}

}  // namespace
}  // namespace gaffer
