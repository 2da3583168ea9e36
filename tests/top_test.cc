#include <map>
#include <string>
#include <vector>

#include "support/daemon.h"

namespace gaffer {
namespace {

using test::Command;
using test::Ended;
using test::Program;
using test::section;

constexpr const char* kOtherScreen = "\x1b[?1049h";
constexpr const char* kShellScreen = "\x1b[?1049l";

/// `gaffer top` and what stands on its screen.
class Top : public test::ProgramsTest {
 protected:
  [[nodiscard]] Command on_terminal(std::vector<std::string> argv) const {
    Command command = this->command("gaffer", {});
    command.argv = std::move(argv);
    command.output = Command::Output::Terminal;
    command.environment["TERM"] = "xterm";
    command.environment["NO_COLOR"] = "1";
    return command;
  }
  [[nodiscard]] Program top() const {
    return Program(on_terminal({test::program("gaffer"), "top"}));
  }

  /// The lines of the screen, made of what was sent.
  static std::string screen(const std::string& sent) {
    const std::string anew = "\x1b[2J";
    const std::string begin = "\x1b[";
    const std::string middle = ";1H\x1b[2K";
    std::map<int, std::string> lines;
    auto at = sent.rfind(anew);
    for (at = sent.find(middle, at); at != std::string::npos; at = sent.find(middle, at + 1)) {
      const auto number = sent.rfind(begin, at) + begin.size();
      const auto from = at + middle.size();
      lines[std::stoi(sent.substr(number, at - number))] =
          sent.substr(from, sent.find(begin, from) - from);
    }
    std::string text;
    for (const auto& [number, line] : lines)
      text += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
    return text;
  }
  static bool shows(Program& program, const std::string& text) {
    return program.wait_until(
        [&] { return screen(program.out()).find(text) != std::string::npos; });
  }
};

TEST_F(Top, ShowsProcessesAndTheLogOfTheSelectedOne) {
  start_gafferd_with(section("web", "print hello sleep") + section("db", "print stored sleep"));
  Program person = top();
  EXPECT_TRUE(shows(person, "\n> web.1  running")) << screen(person.out());
  EXPECT_TRUE(shows(person, "\n  db.1   running")) << screen(person.out());
  EXPECT_TRUE(shows(person, "\nlog of web.1\nhello\n")) << screen(person.out());
  EXPECT_TRUE(shows(person, "2 processes: 2 running  load ")) << screen(person.out());
  person.type("j");
  EXPECT_TRUE(shows(person, "\n> db.1   running")) << screen(person.out());
  EXPECT_TRUE(shows(person, "\nlog of db.1\nstored\n")) << screen(person.out());
  person.type("\x1b[A");
  EXPECT_TRUE(shows(person, "\n> web.1 ")) << screen(person.out());
  person.type("q");
  EXPECT_EQ(0, person.wait_for_end().status);
}

TEST_F(Top, FollowsTheLog) {
  start_gafferd_with(section("echo", "echo-stdin", "redirect_input = yes"));
  Program person = top();
  ASSERT_TRUE(shows(person, "log of echo.1"));
  EXPECT_EQ(0, gaffer({"send", "echo", "good night"}).status);
  EXPECT_TRUE(shows(person, "\ngood night\n")) << screen(person.out());
  person.type("l");
  EXPECT_TRUE(person.wait_until([&] {
    const std::string shown = screen(person.out());
    return shown.find("> echo.1") == std::string::npos &&
           shown.find("\nlog of echo.1\ngood night\n") != std::string::npos;
  })) << screen(person.out());
  person.type("q");
  EXPECT_EQ(0, person.wait_for_end().status);
}

TEST_F(Top, ActsOnTheSelectedOneAndShowsTheAnswer) {
  start_gafferd_with(section("web", "sleep") + "[process:bad]\ncmd = /nowhere/bad\nstart = no\n");
  Program person = top();
  ASSERT_TRUE(shows(person, "> web.1"));
  person.type("s");
  EXPECT_TRUE(shows(person, "\nstop web.1: stopped\n")) << screen(person.out());
  EXPECT_EQ(ProcessState::Stopped, process("web").state);
  EXPECT_TRUE(shows(person, "\n> web.1  stopped")) << screen(person.out());
  person.type("S");
  EXPECT_TRUE(shows(person, "\nstart web.1: running\n")) << screen(person.out());
  person.type("r");
  EXPECT_TRUE(shows(person, "\nrestart web.1: running\n")) << screen(person.out());
  EXPECT_EQ(ProcessState::Running, process("web").state);
  person.type("+");
  EXPECT_TRUE(shows(person, "\nscale web+1: 2 processes\n")) << screen(person.out());
  EXPECT_EQ(2U, processes("web").size());
  person.type("/bad\rS");
  EXPECT_TRUE(shows(person, "start bad.1: waiting, cannot execute /nowhere/bad"))
      << screen(person.out());
  person.type("\x03");
  EXPECT_EQ(0, person.wait_for_end().status);
}

TEST_F(Top, LeavesTheTerminalAsItWas) {
  start_gafferd_with(section("web", "sleep"));
  const std::string script =
      "stty -g > before; sh -c 'echo $$ > pid; exec \"$0\" top' \"$0\"; stty -g > after; "
      "echo \"shell again\"";
  for (const char* way : {"q", "\x03", "TERM"}) {
    Program shell(on_terminal({"/bin/sh", "-c", script, test::program("gaffer")}));
    ASSERT_TRUE(shows(shell, "> web.1"));
    if (way == std::string("TERM")) {
      ::kill(std::stoi(os::read_file(dir_.path("work/pid")).value()), SIGTERM);
    } else {
      shell.type(way);
    }
    const std::string out = shell.wait_for_end().out;
    EXPECT_NE(std::string::npos, out.find("shell again", out.find(kShellScreen))) << way;
    EXPECT_LT(out.find(kOtherScreen), out.find(kShellScreen)) << way;
    EXPECT_NE(std::string::npos, out.find("\x1b[?25h")) << way;
    EXPECT_EQ(os::read_file(dir_.path("work/before")).value(),
              os::read_file(dir_.path("work/after")).value())
        << way;
  }
}

TEST_F(Top, FollowsTheSizeOfTheTerminal) {
  start_gafferd_with(section("web", "sleep"));
  Program person = top();
  ASSERT_TRUE(shows(person, "  RESTARTS   CPU%"));
  person.resize(10, 40);
  EXPECT_TRUE(shows(person, "  NAME   STATE    UPTIME   CPU%    MEM")) << screen(person.out());
  person.type("q");
  EXPECT_EQ(0, person.wait_for_end().status);
}

TEST_F(Top, ShowsControlSequencesInsteadOfObeyingThem) {
  start_gafferd_with(
      "[process:evil]\ncmd = printf '\\033[2Jevil\\033]0;title\\007\\n'\n"
      "restart = never\n");
  Program person = top();
  EXPECT_TRUE(shows(person, "\n^[[2Jevil^[]0;title^G\n")) << screen(person.out());
  person.type("q");
  EXPECT_EQ(0, person.wait_for_end().status);
  EXPECT_EQ(std::string::npos, person.out().find("\x1b[2Jevil"));
}

TEST_F(Top, WaitsForADaemonThatIsGone) {
  start_gafferd_with(section("web", "sleep"));
  Program person = top();
  ASSERT_TRUE(shows(person, "1 process: 1 running"));
  end_gafferd();
  EXPECT_TRUE(shows(person, "no gafferd answers at ")) << screen(person.out());
  EXPECT_TRUE(shows(person, "> web.1")) << screen(person.out());
  person.type("s");
  EXPECT_TRUE(shows(person, "\nstop web.1: no gafferd answers at ")) << screen(person.out());
  start_gafferd({"-c", "gaffer.ini"});
  EXPECT_TRUE(shows(person, "1 process: 1 running")) << screen(person.out());
  EXPECT_TRUE(shows(person, "\nlog of web.1\n")) << screen(person.out());
  person.type("q");
  EXPECT_EQ(0, person.wait_for_end().status);
}

TEST_F(Top, NeedsATerminalAndADaemon) {
  const Ended nobody = run(on_terminal({test::program("gaffer"), "top"}));
  EXPECT_EQ(4, nobody.status);
  EXPECT_EQ(std::string::npos, nobody.out.find(kOtherScreen)) << nobody.out;
  const Ended piped = gaffer({"top"});
  EXPECT_EQ(2, piped.status);
  EXPECT_EQ("gaffer top needs a terminal; gaffer ps prints once\n", piped.err);
}

TEST_F(Top, ColoursAreThereWhereTheyAreWanted) {
  start_gafferd_with(section("web", "sleep") + section("db", "sleep"));
  Command command = on_terminal({test::program("gaffer"), "--color", "always", "top"});
  Program coloured(command);
  EXPECT_TRUE(coloured.wait_until_said("\x1b[32mrunning")) << coloured.out();
  coloured.type("q");
  EXPECT_EQ(0, coloured.wait_for_end().status);
  Program plain = top();
  ASSERT_TRUE(shows(plain, "> web.1"));
  plain.type("q");
  EXPECT_EQ(0, plain.wait_for_end().status);
  EXPECT_EQ(std::string::npos, plain.out().find("\x1b[32m"));
}

}  // namespace
}  // namespace gaffer
