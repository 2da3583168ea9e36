#include "os/terminal.h"

#include <errno.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>

#include <gtest/gtest.h>

#include "support/spawn_fixture.h"

namespace gaffer::os {
namespace {

class TerminalTest : public test::SpawnFixture {
 protected:
  Child start_in(Terminal& terminal, SpawnPlan plan) {
    const int slave = terminal.slave.get();
    plan.stdio = {slave, slave, slave};
    plan.has_terminal = true;
    Child child = start(plan);
    terminal.slave.reset();
    return child;
  }

  /// Reads until the text has come.
  static bool comes(int master, const std::string& wanted) {
    std::string all;
    char buffer[256];
    while (all.find(wanted) == std::string::npos && test::wait_readable(master)) {
      const ssize_t got = ::read(master, buffer, sizeof(buffer));
      if (got <= 0) return false;
      all.append(buffer, static_cast<std::size_t>(got));
    }
    return all.find(wanted) != std::string::npos;
  }
};

TEST_F(TerminalTest, IsTheControllingTerminalOfTheProcessAndHasASize) {
  Terminal terminal = std::move(open_terminal({.rows = 31, .columns = 97}).value());
  const Child child = start_in(terminal, shell("stty size </dev/tty"));
  EXPECT_EQ("31 97\r\n", test::read_to_end(terminal.master.get()));
}

TEST_F(TerminalTest, IsNobodysControllingTerminalWithoutBeingAsked) {
  const Terminal terminal = std::move(open_terminal({}).value());
  SpawnPlan plan = shell("true </dev/tty || exit 5");
  plan.stdio[0] = terminal.slave.get();
  EXPECT_NE(0, wait_for(start(plan)).code);
}

TEST_F(TerminalTest, WhatIsNoTerminalCannotBecomeOne) {
  SpawnPlan plan = puppet({"exit", "0"});
  plan.has_terminal = true;
  EXPECT_EQ("cannot take standard input as the terminal: inappropriate ioctl for device",
            spawner_.spawn(plan).error().message);
}

TEST_F(TerminalTest, WhatIsTypedIsRead) {
  Terminal terminal = std::move(open_terminal({}).value());
  const Child child = start_in(terminal, shell("read line; echo \"got $line\""));
  ASSERT_EQ(6, ::write(terminal.master.get(), "hello\n", 6));
  EXPECT_TRUE(comes(terminal.master.get(), "got hello\r\n"));
}

TEST_F(TerminalTest, ControlCInterruptsTheProcess) {
  Terminal terminal = std::move(open_terminal({}).value());
  const Child child = start_in(terminal, puppet({"print", "ready", "sleep"}));
  ASSERT_TRUE(comes(terminal.master.get(), "ready"));
  ASSERT_EQ(1, ::write(terminal.master.get(), "\003", 1));
  EXPECT_EQ(ExitStatus{.signal = SIGINT}, wait_for(child));
}

TEST_F(TerminalTest, ANewSizeIsTold) {
  Terminal terminal = std::move(open_terminal({}).value());
  const Child child =
      start_in(terminal, shell("trap 'stty size; exit' WINCH; sleep 100 & echo ready; wait"));
  ASSERT_TRUE(comes(terminal.master.get(), "ready"));
  ASSERT_TRUE(resize(terminal.master.get(), {.rows = 40, .columns = 132}).has_value());
  EXPECT_TRUE(comes(terminal.master.get(), "40 132"));
}

TEST_F(TerminalTest, TheEndIsAnErrorOfItsOwn) {
  Terminal terminal = std::move(open_terminal({}).value());
  const Child child = start_in(terminal, puppet({"print", "bye"}));
  EXPECT_EQ("bye\r\n", test::read_to_end(terminal.master.get()));
  char byte = 0;
  EXPECT_EQ(-1, ::read(terminal.master.get(), &byte, 1));
  EXPECT_EQ(EIO, errno);
}

TEST_F(TerminalTest, ReadingDoesNotBlock) {
  const Terminal terminal = std::move(open_terminal({}).value());
  char byte = 0;
  EXPECT_EQ(-1, ::read(terminal.master.get(), &byte, 1));
  EXPECT_EQ(EAGAIN, errno);
}

TEST_F(TerminalTest, ClosingOurEndHangsUp) {
  Terminal terminal = std::move(open_terminal({}).value());
  const Child child = start_in(terminal, puppet({"print", "ready", "sleep"}));
  ASSERT_TRUE(comes(terminal.master.get(), "ready"));
  terminal.master.reset();
  EXPECT_EQ(ExitStatus{.signal = SIGHUP}, wait_for(child));
}

TEST_F(TerminalTest, AnotherUserCanOpenItByName) {
  if (own_user() != 0) GTEST_SKIP() << "needs root";
  constexpr uid_t kUser = 64321;
  Terminal terminal = std::move(open_terminal({}, kUser).value());
  SpawnPlan plan = shell("echo hello > $(tty)");
  plan.identity = Identity{kUser, kUser, {}};
  const Child child = start_in(terminal, plan);
  EXPECT_EQ("hello\r\n", test::read_to_end(terminal.master.get()));
}

}  // namespace
}  // namespace gaffer::os
