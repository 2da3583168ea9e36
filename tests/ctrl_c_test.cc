#include <csignal>
#include <regex>
#include <string>
#include <vector>

#include "support/daemon.h"

namespace gaffer {
namespace {

using test::Command;
using test::Ended;
using test::entry;
using test::Program;

constexpr auto kCtrlC = "\x03";

/// `gaffer up`, or `start` without names, in the folder `work`.
class Up : public test::ProgramsTest {
 protected:
  void write_procfile(const std::string& content) { write("Procfile", content); }

  [[nodiscard]] Command up(std::vector<std::string> words = {}) const {
    words.insert(words.begin(), "up");
    return command("gaffer", std::move(words));
  }
  [[nodiscard]] Command up_on_terminal(std::vector<std::string> words = {}) const {
    Command command = up(std::move(words));
    command.output = Command::Output::Terminal;
    return command;
  }
  /// Waits until all these are said, ends the program, and returns what it said.
  static std::string said_until(Program& program, const std::vector<std::string>& texts) {
    for (const std::string& text : texts)
      EXPECT_TRUE(program.wait_until_said(text)) << text << " is not in\n" << program.out();
    program.signal(SIGTERM);
    const Ended ended = program.wait_for_end();
    EXPECT_EQ(0, ended.status);
    EXPECT_EQ("", ended.err);
    return ended.out;
  }
  static std::string said_until(const Command& command, const std::vector<std::string>& texts) {
    Program program(command);
    return said_until(program, texts);
  }
  /// What stands behind a label, with `#` for every number of a process, so that it can be
  /// foretold.
  static std::vector<std::string> lines_of(const std::string& label, const std::string& said) {
    static const std::regex number("process [0-9]+");
    std::vector<std::string> found;
    for (const std::string_view line : split(said, '\n')) {
      const auto bar = line.find(" | ");
      if (bar == std::string_view::npos || trim(line.substr(0, bar)) != label) continue;
      found.push_back(std::regex_replace(std::string(line.substr(bar + 3)), number, "process #"));
    }
    return found;
  }
  using Lines = std::vector<std::string>;
};

TEST_F(Up, ShowsWholeLinesBehindAlignedNames) {
  write_procfile(entry("web", "print hello sleep") + entry("worker", "print-error hi sleep"));
  const std::string said = said_until(up(), {"hello\n", "hi\n"});
  EXPECT_EQ((Lines{"started, process #", "hello", "ended: killed by SIGTERM"}),
            lines_of("web.1", said));
  EXPECT_EQ((Lines{"started, process #", "hi", "ended: killed by SIGTERM"}),
            lines_of("worker.1", said));
  EXPECT_EQ((Lines{"stopping, once more to kill"}), lines_of("gaffer", said));
  EXPECT_NE(std::string::npos, said.find("web.1    | hello\n"));
  EXPECT_NE(std::string::npos, said.find("worker.1 | hi\n"));
  EXPECT_NE(std::string::npos, said.find("gaffer   | stopping"));
}

TEST_F(Up, AlignsItsOwnLinesWithShortNames) {
  write_procfile(entry("web", "print hello sleep"));
  const std::string said = said_until(up(), {"hello\n"});
  EXPECT_NE(std::string::npos, said.find("web.1  | hello\n")) << said;
  EXPECT_NE(std::string::npos, said.find("gaffer | stopping")) << said;
}

TEST_F(Up, HasColoursOnATerminalAndNoneElsewhere) {
  write_procfile(entry("web", "print hello sleep"));
  const std::string shown = said_until(up_on_terminal(), {"hello"});
  EXPECT_TRUE(std::regex_search(
      shown, std::regex("\x1b\\[3[1-6]mweb\\.1 +\\| \x1b\\[0mhello\x1b\\[0m\r\n")))
      << shown;
  const std::string piped = said_until(up(), {"hello\n"});
  EXPECT_EQ(std::string::npos, piped.find('\x1b')) << piped;
}

TEST_F(Up, HasNoColoursWhereTheUserWantsNone) {
  write_procfile(entry("web", "print hello sleep"));
  Command command = up_on_terminal();
  command.environment["NO_COLOR"] = "1";
  const std::string shown = said_until(command, {"hello"});
  EXPECT_EQ(std::string::npos, shown.find('\x1b')) << shown;
}

TEST_F(Up, NeverMixesTheLinesOfTwoProcesses) {
  // Each writes its lines in halves, with a pause for the other one between them.
  std::string a;
  std::string b;
  for (int time = 0; time < 20; ++time) {
    a += "print-partial aaa nap 5 print AAA ";
    b += "print-partial bbb nap 5 print BBB ";
  }
  write_procfile(entry("a", a + "print a-is-done sleep") + entry("b", b + "print b-is-done sleep"));
  const std::string said = said_until(up(), {"a-is-done\n", "b-is-done\n"});
  EXPECT_EQ(20, std::ranges::count(lines_of("a.1", said), "aaaAAA"));
  EXPECT_EQ(20, std::ranges::count(lines_of("b.1", said), "bbbBBB"));
}

TEST_F(Up, ShowsTheLastWordsThatHaveNoNewline) {
  write_procfile(entry("web", "print-partial bye exit 0"));
  const std::string said = said_until(up(), {"bye\n"});
  EXPECT_EQ("bye", lines_of("web.1", said).at(1));
}

TEST_F(Up, ShowsControlSequencesOnATerminalAndPassesThemElsewhere) {
  write_procfile(R"(web: printf '\033[2J\033[31mred\033[0m\n'; exec )" + test::puppet() + " sleep");
  const std::string shown = said_until(up_on_terminal(), {"red"});
  EXPECT_NE(std::string::npos, shown.find("^[[2J\x1b[31mred\x1b[0m")) << shown;
  const std::string piped = said_until(up(), {"red"});
  EXPECT_NE(std::string::npos, piped.find("\x1b[2J\x1b[31mred\x1b[0m\n")) << piped;
}

TEST_F(Up, CtrlCEndsEverythingAndLeavesNothing) {
  write_procfile(entry("web", "fork-and-hold slow print one sleep") +
                 entry("db", "print two sleep"));
  Program program(up_on_terminal());
  ASSERT_TRUE(program.wait_until_said("one"));
  ASSERT_TRUE(program.wait_until_said("two"));
  program.type(kCtrlC);
  const Ended ended = program.wait_for_end();
  EXPECT_EQ(0, ended.status);
  EXPECT_EQ(std::vector<pid_t>(), marked());
  EXPECT_NE(std::string::npos, ended.out.find("cleaned up")) << ended.out;
}

TEST_F(Up, ASecondCtrlCKillsTheStubborn) {
  write_procfile(entry("web", "ignore-term print ready sleep"));
  Program program(up_on_terminal());
  ASSERT_TRUE(program.wait_until_said("ready"));
  const auto begin = std::chrono::steady_clock::now();
  program.type(kCtrlC);
  ASSERT_TRUE(program.wait_until_said("once more to kill"));
  program.type(kCtrlC);
  const Ended ended = program.wait_for_end();
  EXPECT_EQ(0, ended.status);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(8));  // It had ten.
  EXPECT_NE(std::string::npos, ended.out.find("ended: killed by SIGKILL")) << ended.out;
}

TEST_F(Up, ClosingTheWindowEndsEverything) {
  write_procfile(entry("web", "print ready sleep"));
  Program program(up_on_terminal());
  ASSERT_TRUE(program.wait_until_said("ready"));
  program.close_output();
  EXPECT_EQ(0, program.wait_for_end().status);
}

TEST_F(Up, EndsWhenNobodyReadsAnyMore) {
  // `gaffer up | head -1`
  write_procfile(entry("web", "spam 10MB sleep"));
  Program program(up());
  ASSERT_TRUE(program.wait_until_said("\n"));
  program.close_output();
  const Ended ended = program.wait_for_end();
  EXPECT_EQ(0, ended.status);
  EXPECT_EQ("", ended.err);
}

TEST_F(Up, EndsAlsoWhenNobodyTakesWhatItPrints) {
  // Ctrl-S, or `gaffer up | less`: the reader is there and does not read.
  write_procfile(entry("web", "spam 10MB sleep"));
  Program program(up());
  ASSERT_TRUE(test::eventually([this] { return marked().size() == 2; }));
  program.signal(SIGTERM);
  EXPECT_TRUE(test::eventually([this] { return marked().size() <= 1; }));
  EXPECT_EQ(0, program.wait_for_end().status);
}

TEST_F(Up, ReplacesWhatDiesAndSaysSo) {
  write_procfile(entry("web", "print-env GAFFER_PID kill-self 9"));
  const Lines lines = lines_of("web.1", said_until(up(), {"GAFFER_PID=2\n"}));
  EXPECT_EQ("started, process #", lines.at(0));
  EXPECT_EQ("GAFFER_PID=1", lines.at(1));
  EXPECT_EQ(0U, lines.at(2).find("ended: killed by SIGKILL")) << lines.at(2);
  EXPECT_EQ("started, process #", lines.at(3));
}

TEST_F(Up, StartInAFolderWithAProcfileDoesTheSame) {
  write_procfile(entry("web", "print hello sleep"));
  const std::string said = said_until(command("gaffer", {"start"}), {"hello\n"});
  EXPECT_EQ("hello", lines_of("web.1", said).at(1));
}

TEST_F(Up, RunsOnlyWhatIsNamed) {
  write_procfile(entry("web", "print one sleep") + entry("db", "print two sleep") +
                 entry("worker", "print three sleep"));
  const std::string said = said_until(up({"db", "worker"}), {"two\n", "three\n"});
  EXPECT_EQ(Lines{}, lines_of("web.1", said));
}

TEST_F(Up, RunsAsManyAsAreAskedFor) {
  write_procfile(entry("web", "print-env GAFFER_SLOT sleep") + entry("db", "print never sleep"));
  const std::string said =
      said_until(up({"-c", "web=2,db=0"}), {"GAFFER_SLOT=1\n", "GAFFER_SLOT=2\n"});
  EXPECT_EQ("GAFFER_SLOT=2", lines_of("web.2", said).at(1));
  EXPECT_EQ(Lines{}, lines_of("db.1", said));
}

TEST_F(Up, GivesEveryProcessAPort) {
  write_procfile(entry("web", "print-env PORT sleep") + entry("db", "print-env PORT sleep"));
  const std::string usual = said_until(up({"-c", "web=2"}), {"=5000\n", "=5001\n", "=5100\n"});
  EXPECT_EQ("PORT=5001", lines_of("web.2", usual).at(1));
  EXPECT_EQ("PORT=5100", lines_of("db.1", usual).at(1));
  const std::string own = said_until(up({"-p", "7000"}), {"=7000\n", "=7100\n"});
  EXPECT_EQ("PORT=7000", lines_of("web.1", own).at(1));
}

TEST_F(Up, ReadsTheEnvFileBesideTheProcfileUnlessGivenOthers) {
  write_procfile(entry("web", "print-env COLOUR print-env SHAPE sleep"));
  write(".env", "COLOUR=red\n");
  write("a.env", "COLOUR=green\nSHAPE=round\n");
  write("b.env", "SHAPE=\"quite square\"\n");
  EXPECT_EQ("COLOUR=red", lines_of("web.1", said_until(up(), {"SHAPE"})).at(1));
  const Lines given = lines_of("web.1", said_until(up({"-e", "a.env,b.env"}), {"SHAPE"}));
  EXPECT_EQ("COLOUR=green", given.at(1));
  EXPECT_EQ("SHAPE=quite square", given.at(2));
}

TEST_F(Up, RunsAProcfileOfAnotherFolderThere) {
  std::filesystem::create_directory(dir_.path("work/shop"));
  write("shop/Procfile", entry("web", "print-cwd print-env COLOUR sleep"));
  write("shop/.env", "COLOUR=red\n");
  const Lines lines = lines_of("web.1", said_until(up({"-f", "shop/Procfile"}), {"COLOUR"}));
  EXPECT_EQ("" + dir_.path("work/shop"), lines.at(1));
  EXPECT_EQ("COLOUR=red", lines.at(2));
}

TEST_F(Up, NeedsNoDaemonAndDisturbsNone) {
  start_gafferd_with(test::section("web", "sleep"));
  const auto before = os_pids("web");
  write_procfile(entry("web", "print hello sleep"));
  said_until(up(), {"hello\n"});
  EXPECT_EQ(before, os_pids("web"));
}

}  // namespace
}  // namespace gaffer
