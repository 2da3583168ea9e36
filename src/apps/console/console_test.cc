#include "apps/console/console.h"

#include <string>

#include "support/fake_clock.h"
#include "support/fake_launcher.h"
#include "support/loop_fixture.h"

namespace gaffer::apps {
namespace {

constexpr Backoff kBackoff{.base = std::chrono::milliseconds(400), .jitter = 0};

class ConsoleTest : public test::LoopTest {
 protected:
  void SetUp() override {
    ASSERT_TRUE(
        manager_.add({.name = "web", .cmd = "serve", .numprocesses = 2, .backoff = kBackoff})
            .has_value());
    run_some_turns();
    printed_.clear();
  }

  std::string take_printed() {
    run_some_turns();
    return std::exchange(printed_, {});
  }
  /// Where output came a moment ago, more of it is waited for.
  std::string take_printed_soon() {
    run_until([this] { return !printed_.empty(); });
    return take_printed();
  }

  // NOLINTBEGIN
  test::FakeClock clock_;
  test::FakeLauncher launcher_;
  Manager manager_{loop_, clock_, launcher_, {}};
  std::string printed_;
  bool has_room_ = true;
  Console console_{manager_, Console::Style::Plain, 8, [this](std::string_view text) {
                     printed_ += text;
                     return has_room_;
                   }};
  // NOLINTEND
};

TEST_F(ConsoleTest, EachLineStandsBehindTheNameOfItsProcess) {
  launcher_.write(1001, "one\ntwo\n");
  launcher_.write(1002, "three\n");
  EXPECT_EQ("web.1    | one\nweb.1    | two\nweb.2    | three\n", take_printed_soon());
}

TEST_F(ConsoleTest, LinesOfDifferentProcessesAreNeverMixed) {
  launcher_.write(1001, "one ");
  EXPECT_EQ("", take_printed());
  launcher_.write(1002, "two\n");
  EXPECT_EQ("web.2    | two\n", take_printed_soon());
  launcher_.write(1001, "whole\n");
  EXPECT_EQ("web.1    | one whole\n", take_printed_soon());
}

TEST_F(ConsoleTest, TheLastWordsComeBeforeTheEnd) {
  launcher_.write(1001, "line\npartial");
  launcher_.exit(1001, {.code = 3});
  EXPECT_EQ(
      "web.1    | line\nweb.1    | partial\nweb.1    | ended: exit code 3\n"
      "web.1    | started, process 1003\n",
      take_printed_soon());
}

TEST_F(ConsoleTest, AnEndIsShownWithTheTimeOfTheNextStart) {
  launcher_.exit(1001, {.code = 3});
  take_printed();
  launcher_.exit(1003, {.code = 3});
  EXPECT_EQ("web.1    | ended: exit code 3, next start in 0.4s\n", take_printed_soon());
}

TEST_F(ConsoleTest, AProgramThatCannotRunIsShownWithItsReason) {
  launcher_.failure = Error{Errc::NotFound, 2, "cannot execute x: no such file or directory"};
  ASSERT_TRUE(manager_.add({.name = "x", .cmd = "x", .backoff = kBackoff}).has_value());
  EXPECT_EQ("x.1      | cannot execute x: no such file or directory, next start in 0.4s\n",
            take_printed_soon());
}

TEST_F(ConsoleTest, ATerminalIsShownControlSequencesAndAFileGetsThem) {
  std::string coloured;
  const Console terminal(manager_, Console::Style::Coloured, 8, [&](std::string_view text) {
    coloured += text;
    return true;
  });
  launcher_.write(1001, "\x1b[2Jgone\n");
  EXPECT_EQ("web.1    | \x1b[2Jgone\n", take_printed_soon());
  EXPECT_NE(std::string::npos, coloured.find("^[[2Jgone"));
}

TEST_F(ConsoleTest, ASlotThatIsMadeAnewIsReadFromItsBeginning) {
  launcher_.write(1002, "a rather long line\n");
  take_printed();
  ASSERT_TRUE(manager_.scale("web", "1").has_value());
  launcher_.obey();
  run_some_turns();
  ASSERT_TRUE(manager_.scale("web", "2").has_value());
  take_printed();
  launcher_.write(1003, "first\n");
  EXPECT_EQ("web.2    | first\n", take_printed_soon());
}

TEST_F(ConsoleTest, WithoutRoomTheOutputWaitsWhereItIsKept) {
  has_room_ = false;
  launcher_.write(1001, "one\ntwo\n");
  launcher_.write(1002, "three\n");
  EXPECT_EQ("web.1    | one\n", take_printed_soon());
  launcher_.exit(1001, {.code = 3});
  EXPECT_EQ("", take_printed());
  has_room_ = true;
  console_.resume();
  EXPECT_EQ(
      "gaffer   | 2 starts and ends not shown: the output was blocked\n"
      "web.1    | two\nweb.2    | three\n",
      take_printed_soon());
}

TEST_F(ConsoleTest, WhatIsLeftIsPrintedInTheEnd) {
  launcher_.write(1001, "prompt> ");
  EXPECT_EQ("", take_printed());
  console_.flush();
  EXPECT_EQ("web.1    | prompt> \n", take_printed_soon());
}

}  // namespace
}  // namespace gaffer::apps
