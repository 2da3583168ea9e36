#include <string>
#include <vector>

#include "support/daemon.h"
#include "support/http.h"

namespace gaffer {
namespace {

using test::Command;
using test::Ended;
using test::Program;
using test::section;

/// What has happened, as gaffer tells it.
class EventsCommand : public test::ProgramsTest {
 protected:
  /// The lines without their times.
  [[nodiscard]] static std::string without_times(const std::string& text) {
    std::string result;
    for (const std::string_view line : split(text, '\n'))
      result += line.empty() ? "" : std::string(line.substr(line.find("  ") + 2)) + "\n";
    return result;
  }
};

TEST_F(EventsCommand, TellsWhatWasAndThenEnds) {
  start_gafferd_with(section("db", "exit 3", "restart = never") + section("web", "sleep"));
  EXPECT_EQ(0, gaffer({"wait", "db", "--for", "stopped"}).status);
  const std::string pid = std::to_string(process("web").os_pid);
  EXPECT_EQ(
      "web               create\nweb               start\n"
      "web.1             spawn      process " +
          pid + "\n",
      without_times(gaffer({"events", "web"}).out));
  const std::string all = without_times(gaffer({"events"}).out);
  EXPECT_NE(std::string::npos, all.find("db.1              exit       exit code 3\n")) << all;
}

TEST_F(EventsCommand, GoesOnFromARevision) {
  start_gafferd_with(section("web", "sleep"));
  const std::string all = gaffer({"events", "--json", "--since", "0"}).out;
  EXPECT_EQ(3U, std::ranges::count(all, '\n')) << all;
  const std::string later = gaffer({"events", "--json", "--since", "2"}).out;
  EXPECT_TRUE(later.starts_with(R"({"event":"spawn","revision":3,)")) << later;
  EXPECT_EQ("", gaffer({"events", "--since", "3"}).out);
  const Ended wrong = gaffer({"events", "--since", "now"});
  EXPECT_EQ(2, wrong.status);
  EXPECT_EQ("gaffer: --since is \"now\": it must be a revision, such as 0\n", wrong.err);
}

TEST_F(EventsCommand, FollowsUntilTheDaemonEnds) {
  start_gafferd_with(section("web", "sleep") + section("db", "sleep"));
  Program follower(command("gaffer", {"events", "-f", "web.1"}));
  ASSERT_TRUE(follower.wait_until_said("web.1             spawn"));
  EXPECT_EQ(0, gaffer({"restart", "--all"}).status);
  EXPECT_TRUE(follower.wait_until_said("web.1             exit       killed by SIGTERM"));
  end_gafferd();
  follower.wait_for_end();
  EXPECT_EQ(std::string::npos, follower.out().find("db")) << follower.out();
}

/// Processes that are written to.
class Talk : public test::ProgramsTest {
 protected:
  [[nodiscard]] Ended shell(const std::string& script) const {
    Command command = this->command("gaffer", {});
    command.argv = {"/bin/sh", "-c", script, test::program("gaffer")};
    return run(command);
  }
  [[nodiscard]] Program attached(const std::string& target) const {
    Command command = this->command("gaffer", {"attach", target});
    command.output = Command::Output::Terminal;
    return Program(command);
  }
  [[nodiscard]] net::Response ask(const std::string& request_line) const {
    return test::http(os::connect_unix(dir_.path("gaffer/gaffer.sock")).value(), request_line, {});
  }
};

TEST_F(Talk, ALineIsItsWordsAndItsEnd) {
  start_gafferd_with(section("echo", "echo-stdin", "redirect_input = yes"));
  EXPECT_EQ(0, gaffer({"send", "echo", "good", "night"}).status);
  EXPECT_EQ(0, gaffer({"send", "-n", "echo", "no "}).status);
  EXPECT_EQ(0, gaffer({"send", "echo", "end"}).status);
  EXPECT_TRUE(wait_until_logged("echo", "good night"));
  EXPECT_TRUE(wait_until_logged("echo", "no end"));
}

TEST_F(Talk, StandardInputComesWholeAndInOrderAlsoWhereItIsLongerThanTheQueue) {
  write("sum.ini", "[process:sum]\ncmd = sha256sum\nredirect_input = yes\nrestart = never\n");
  start_gafferd({"-c", "sum.ini"});
  const Ended sent = shell(
      "seq 1 500000 > numbers; \"$0\" send sum - --end < numbers && "
      "sha256sum < numbers");
  EXPECT_EQ("", sent.err);
  const std::string sum = sent.out.substr(0, sent.out.find('\n'));
  EXPECT_TRUE(wait_until_logged("sum", sum)) << sum;
}

TEST_F(Talk, WhoHasNoInputSaysWhatIsMissing) {
  start_gafferd_with(section("web", "sleep", "numprocesses = 2"));
  const Ended refused = gaffer({"send", "web.1", "x"});
  EXPECT_EQ(2, refused.status);
  EXPECT_EQ(
      "gaffer: web.1: its standard input is /dev/null: the template needs redirect_input or pty\n",
      refused.err);
  EXPECT_EQ(3, gaffer({"send", "wbe", "x"}).status);
  EXPECT_EQ("gaffer: what is to be sent? Give text, or - for standard input\n",
            gaffer({"send", "web"}).err);
  EXPECT_EQ("gaffer: web has several processes: say which, such as web.1\n",
            shell("\"$0\" send web - < /dev/null").err);
}

TEST_F(Talk, AnAttachedTerminalIsTheProcessesOwn) {
  start_gafferd_with("[process:shell]\ncmd = /bin/sh\npty = yes\nstop_signal = HUP\n");
  Program person = attached("shell");
  ASSERT_TRUE(person.wait_until_said("Ctrl-] leaves it running"));
  person.type("stty size; echo $((6*7))\r");
  EXPECT_TRUE(person.wait_until_said("\r\n24 80\r\n42\r\n")) << person.out();
  person.type("sh -c 'echo rea\"\"dy; exec sleep 100'\r");
  ASSERT_TRUE(person.wait_until_said("ready")) << person.out();
  person.type("\x03");                 // The shell's, not ours.
  ASSERT_TRUE(person.wait_until([&] {  // What is typed before it asks again may be thrown away.
    const auto interrupt = person.out().find("^C");
    return interrupt != std::string::npos &&
           person.out().find("# ", interrupt) != std::string::npos;
  })) << person.out();
  person.type("echo st''ill\r");
  EXPECT_TRUE(person.wait_until_said("still")) << person.out();
  person.type("\x1d");
  EXPECT_EQ(0, person.wait_for_end().status);
  EXPECT_NE(std::string::npos, person.out().find("gaffer: left shell")) << person.out();
  EXPECT_EQ(ProcessState::Running, process("shell").state);
}

TEST_F(Talk, AttachedToOneWithoutATerminalLinesAreSent) {
  start_gafferd_with(section("echo", "echo-stdin", "redirect_input = yes"));
  Program person = attached("echo");
  ASSERT_TRUE(person.wait_until_said("Ctrl-] leaves it running"));
  person.type("one line\r");
  EXPECT_TRUE(person.wait_until_said("one line\r\none line\r\n")) << person.out();
  person.type("\x1d\r");
  EXPECT_EQ(0, person.wait_for_end().status);
}

TEST_F(Talk, NobodyAttachesToSeveralOrToNothingOrWithoutATerminal) {
  start_gafferd_with(section("web", "sleep", "numprocesses = 2"));
  EXPECT_EQ("gaffer: standard input is no terminal: gaffer send and gaffer logs are for programs\n",
            gaffer({"attach", "web.1"}).err);
  EXPECT_EQ(2, attached("web").wait_for_end().status);
  EXPECT_EQ(3, attached("wbe").wait_for_end().status);
  Program none = attached("web.1");
  EXPECT_EQ(2, none.wait_for_end().status);  // Its input is /dev/null.
  EXPECT_NE(std::string::npos, none.out().find("needs redirect_input or pty")) << none.out();
}

TEST_F(Talk, TheSizeOfATerminalHasBounds) {
  start_gafferd_with("[process:shell]\ncmd = /bin/sh\npty = yes\nstop_signal = HUP\n" +
                     section("web", "sleep"));
  EXPECT_EQ(200, ask("POST /processes/shell/_resize?rows=30&columns=100").status);
  EXPECT_EQ(400, ask("POST /processes/shell/_resize?rows=0&columns=100").status);
  EXPECT_EQ(400, ask("POST /processes/shell/_resize?rows=30").status);
  EXPECT_EQ(400, ask("POST /processes/shell/_resize?rows=30&columns=65536").status);
  EXPECT_EQ(400, ask("POST /processes/web/_resize?rows=30&columns=100").status);
}

TEST_F(Talk, WhoTypesIsWrittenDownOnce) {
  start_gafferd_with(section("echo", "echo-stdin", "redirect_input = yes"));
  for (const char* word : {"a", "b", "c"})
    EXPECT_EQ(0, gaffer({"send", "echo", word}).status);
  const std::string audit = os::read_file(dir_.path("gaffer/audit.log")).value();
  EXPECT_EQ(1U, std::ranges::count(audit, '\n')) << audit;
}

}  // namespace
}  // namespace gaffer
