#include <sys/ioctl.h>

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "support/manager_fixture.h"

namespace gaffer {
namespace {

class ManagerInput : public test::ManagerTest {
 protected:
  static ProcessTemplate reading(int numprocesses = 1) {
    ProcessTemplate web = sample(numprocesses);
    web.redirect_input = true;
    return web;
  }
  static std::string refusal_of(const Result<void>& done) {
    return done ? "" : done.error().message;
  }
};

TEST_F(ManagerInput, IsReadByTheProcessThatWasMeant) {
  add(reading(2));
  EXPECT_EQ("", refusal_of(manager_.write("web.2", "hello")));
  EXPECT_EQ("hello", launcher_.read(1002));
  EXPECT_EQ("", refusal_of(manager_.write("web", "all\n")));
  EXPECT_EQ("all\n", launcher_.read(1001));
  EXPECT_EQ("all\n", launcher_.read(1002));
}

TEST_F(ManagerInput, EndsWhenItIsClosed) {
  add(reading());
  EXPECT_EQ("", refusal_of(manager_.write("web", "last")));
  EXPECT_EQ("", refusal_of(manager_.close_input("web")));
  run_some_turns();
  EXPECT_EQ("last", launcher_.read(1001));
  EXPECT_EQ("", launcher_.read(1001));
  EXPECT_EQ("web.1: cannot write: the input has been closed",
            refusal_of(manager_.write("web", "more")));
}

TEST_F(ManagerInput, BelongsToAProcessAndNotToItsSlot) {
  add(reading());
  const auto writer = manager_.input("web");
  ASSERT_TRUE(writer.has_value());
  exit(1001);
  EXPECT_EQ("cannot write: the process is gone", refusal_of(writer->write("x")));
  EXPECT_EQ("", refusal_of(manager_.write("web", "new")));
  EXPECT_EQ("new", launcher_.read(1002));
}

TEST_F(ManagerInput, OfOneThatIsFullDoesNotKeepTheOthersFromTheirs) {
  add(reading(2));
  while (manager_.write("web.1", std::string(100'000, 'x'))) {
  }
  const auto refused = manager_.write("web", std::string(100'000, 'y'));
  EXPECT_EQ(Errc::LimitReached, refused.error().code);
  EXPECT_EQ(0U, refused.error().message.find("web.1: cannot write 100000 bytes: "));
  EXPECT_EQ(std::string(4096, 'y'), launcher_.read(1002));
}

TEST_F(ManagerInput, IsNotThereUnlessTheTemplateSaysSo) {
  add(sample());
  EXPECT_EQ("web.1: its standard input is /dev/null: the template needs redirect_input or pty",
            refusal_of(manager_.write("web", "x")));
  EXPECT_EQ(Errc::InvalidArgument, manager_.input("web").error().code);
}

TEST_F(ManagerInput, IsForOneProcessWhereAThreadHoldsIt) {
  add(reading(2));
  EXPECT_EQ("web: more than one process runs", manager_.input("web").error().message);
  EXPECT_TRUE(manager_.input("web.2").has_value());
}

TEST_F(ManagerInput, IsRefusedWhereNothingRunsOrNobodyIsMeant) {
  ProcessTemplate stopped = reading();
  stopped.start = false;
  add(stopped);
  EXPECT_EQ("web: nothing runs", refusal_of(manager_.write("web", "x")));
  EXPECT_EQ(Errc::NotRunning, manager_.input("web").error().code);
  EXPECT_EQ(Errc::NotFound, manager_.write("db", "x").error().code);
}

TEST_F(ManagerInput, MayBeThatOfACustomStream) {
  ProcessTemplate web = sample();
  web.custom_streams = {"control", "events"};
  add(web);
  EXPECT_EQ("", refusal_of(manager_.write("web", "x", "events")));
  EXPECT_EQ("x", launcher_.read_further(1001, 1));
  EXPECT_EQ("", refusal_of(manager_.close_input("web", "events")));
  run_some_turns();
  EXPECT_EQ("", launcher_.read_further(1001, 1));
  EXPECT_EQ("web.1: no custom stream output", refusal_of(manager_.write("web", "x", "output")));
  EXPECT_EQ("web.1: its standard input is /dev/null: the template needs redirect_input or pty",
            refusal_of(manager_.write("web", "x")));
}

TEST_F(ManagerInput, OfACustomStreamIsBesideWhatTheProcessWritesThere) {
  ProcessTemplate web = sample();
  web.custom_streams = {"control"};
  add(web);
  launcher_.write_further(1001, 0, "said\n");
  stream::Output* control = manager_.output({.name = "web", .slot = 1, .label = "control"});
  ASSERT_NE(nullptr, control);
  EXPECT_TRUE(run_until([&] { return control->view().end == 5; }));
  std::vector<std::string> labels;
  for (const OutputId& id : manager_.outputs("web"))
    labels.push_back(id.label);
  EXPECT_EQ((std::vector<std::string>{"output", "control"}), labels);
}

TEST_F(ManagerInput, OfOneOffRunsIsThereToo) {
  ProcessTemplate web = sample();
  web.custom_streams = {"control"};
  web.start = false;
  add(web);
  const auto pid = manager_.run_once("web", {});
  ASSERT_TRUE(pid.has_value());
  launcher_.write_further(1001, 0, "once");
  stream::Output* control = manager_.output({.name = "web", .slot = 0, .label = "control"});
  ASSERT_NE(nullptr, control);
  EXPECT_TRUE(run_until([&] { return control->view().end == 4; }));
}

TEST_F(ManagerInput, ACustomStreamMoreTakesARestart) {
  add(sample());
  ProcessTemplate changed = sample();
  changed.custom_streams = {"control"};
  EXPECT_EQ(Update::Way::Restart, manager_.update(changed).value().way);
  launcher_.obey();
  run_some_turns();
  EXPECT_EQ("", refusal_of(manager_.write("web", "x", "control")));
  EXPECT_EQ("x", launcher_.read_further(1002, 0));
}

TEST_F(ManagerInput, OfATerminalCanHaveAnotherSizeAndNoOther) {
  ProcessTemplate web = sample();
  web.pty = TerminalSize{.rows = 10, .columns = 20};
  add(web);
  EXPECT_EQ("", refusal_of(manager_.resize("web", {.rows = 50, .columns = 100})));
  winsize size{};
  ASSERT_EQ(0, ::ioctl(launcher_.input(1001), TIOCGWINSZ, &size));
  EXPECT_EQ(50, size.ws_row);
  EXPECT_EQ(100, size.ws_col);

  ProcessTemplate piped = reading();
  piped.name = "piped";
  add(piped);
  EXPECT_EQ("piped.1: it does not run in a terminal",
            refusal_of(manager_.resize("piped", {.rows = 1, .columns = 1})));
}

}  // namespace
}  // namespace gaffer
