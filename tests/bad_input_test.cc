#include <filesystem>
#include <string>
#include <vector>

#include "support/daemon.h"

namespace gaffer {
namespace {

using test::Ended;
using test::entry;
using test::section;

/// What a user may get wrong: one clear line, a status that is not 0, and nothing that runs is
/// touched. Files are named as the user named them.
class BadInput : public test::ProgramsTest {
 protected:
  [[nodiscard]] Ended gafferd(std::vector<std::string> words) const {
    return run(command("gafferd", std::move(words)));
  }
  /// Expects that it refused, and returns what it said.
  static std::string complaint(int status, const Ended& ended) {
    EXPECT_EQ(status, ended.status) << ended.out << ended.err;
    EXPECT_EQ("", ended.out);
    return ended.err;
  }
  std::string complaint_about_ini(const std::string& content) {
    write("bad.ini", content);
    return complaint(2, gafferd({"-c", "bad.ini"}));
  }
  std::string complaint_about_procfile(const std::string& content) {
    write("Procfile", content);
    std::string said = complaint(2, gafferd({"--procfile", "Procfile"}));
    EXPECT_EQ("gaffer" + said.substr(sizeof("gafferd") - 1), complaint(2, gaffer({"up"})));
    return said;
  }
};

TEST_F(BadInput, AConfigThatIsMissing) {
  EXPECT_EQ("gafferd: cannot open no.ini: no such file or directory\n",
            complaint(2, gafferd({"-c", "no.ini"})));
  EXPECT_EQ("gafferd: cannot open Procfile: no such file or directory\n",
            complaint(2, gafferd({"--procfile", "Procfile"})));
  EXPECT_EQ("gaffer: cannot open Procfile: no such file or directory\n",
            complaint(2, gaffer({"up"})));
}

TEST_F(BadInput, AConfigThatCannotBeRead) {
  std::filesystem::create_directory(dir_.path("work/folder"));
  EXPECT_EQ("gafferd: cannot read folder: is a directory\n",
            complaint(2, gafferd({"--procfile", "folder"})));
  EXPECT_EQ("gafferd: cannot read /dev/zero: longer than 1048576 bytes\n",
            complaint(2, gafferd({"-c", "/dev/zero"})));
}

TEST_F(BadInput, AnUnknownKey) {
  EXPECT_EQ("gafferd: bad.ini:3: unknown key \"numproceses\" (did you mean numprocesses?)\n",
            complaint_about_ini("[process:web]\ncmd = serve\nnumproceses = 2\n"));
  EXPECT_EQ("gafferd: bad.ini:3: unknown key \"colour\"\n",
            complaint_about_ini("[process:web]\ncmd = serve\ncolour = red\n"));
}

TEST_F(BadInput, AnUnknownSection) {
  EXPECT_EQ("gafferd: bad.ini:1: unknown section \"proces:web\" (did you mean process?)\n",
            complaint_about_ini("[proces:web]\ncmd = serve\n"));
}

TEST_F(BadInput, AVariableThatNobodyHasAndAnEnvFileThatIsNotThere) {
  const std::string missing = dir_.path("work") + "/none.env";
  EXPECT_EQ(
      "gafferd: bad.ini:2: cmd: unknown variable $NO_SUCH\n"
      "gafferd: bad.ini:4: env LANG: unknown variable $NO_SUCH\n"
      "gafferd: bad.ini:8: env_file: cannot open " +
          missing +
          ": no such file or directory\n"
          "gafferd: bad.ini:10: env HERE: unknown variable $NO_SUCH\n",
      complaint_about_ini("[process:web]\ncmd = serve $NO_SUCH\n"
                          "[process:db]\nenv:LANG = $NO_SUCH\ncmd = db\n"
                          "[process:queue]\ncmd = queue\nenv_file = none.env\n"
                          "[env:cron]\nHERE = $NO_SUCH\n[process:cron]\ncmd = cron\n"));
}

TEST_F(BadInput, ANumberThatIsNone) {
  EXPECT_EQ(
      "gafferd: bad.ini:3: numprocesses is \"two\": it must be a whole number from 0 to 10000\n",
      complaint_about_ini("[process:web]\ncmd = serve\nnumprocesses = two\n"));
  EXPECT_EQ(
      "gafferd: bad.ini:3: graceful_timeout is \"5y\": it must be a time from 0 to 1d, such as 10 "
      "(seconds), 0.5, 100ms, 30s, 5m or 2h\n",
      complaint_about_ini("[process:web]\ncmd = serve\ngraceful_timeout = 5y\n"));
}

TEST_F(BadInput, SeveralProblemsHaveALineEach) {
  write("other.ini", "[process:db]\ncmd =\n");
  write("bad.ini", "cmd = serve\n[process:web]\ncmd = serve\nport = 99999\nshell = maybe\n");
  EXPECT_EQ(
      "gafferd: bad.ini:1: \"cmd = serve\" stands before any section: begin with a line such as "
      "[process:web]\n"
      "gafferd: bad.ini:4: port is \"99999\": it must be a whole number from 1 to 65535\n"
      "gafferd: bad.ini:5: shell is \"maybe\": it must be yes or no (true, false, on, off, 1 and 0 "
      "will do)\n"
      "gafferd: other.ini:2: cmd is missing: it must say what to run\n",
      complaint(2, gafferd({"-c", "bad.ini", "-c", "other.ini"})));
}

TEST_F(BadInput, ATemplateThatStandsTwiceInOneFile) {
  EXPECT_EQ(
      "gafferd: bad.ini:3: section \"process:web\" stands already on line 1: put both into "
      "one\n",
      complaint_about_ini("[process:web]\ncmd = a\n[process:web]\ncmd = b\n"));
  EXPECT_EQ(
      "gafferd: Procfile:2: \"web\" stands already on line 1: every entry needs a name of "
      "its own\n",
      complaint_about_procfile("web: a\nweb: b\n"));
}

TEST_F(BadInput, ATemplateThatStandsInTwoFiles) {
  write("gaffer.ini", section("web", "sleep"));
  write("Procfile", entry("web", "sleep"));
  const Ended ended = gafferd({"-c", "gaffer.ini", "--procfile", "Procfile"});
  EXPECT_NE(0, ended.status);
  EXPECT_EQ("gafferd: ", ended.err.substr(0, 9));
  EXPECT_NE(std::string::npos, ended.err.find("web")) << ended.err;
  EXPECT_EQ(1, std::ranges::count(ended.err, '\n')) << ended.err;
}

// As every other problem of a config it must be found before the first process is started.
TEST_F(BadInput, ATemplateThatStandsInTwoFilesIsFoundBeforeAnythingIsStarted) {
  write("gaffer.ini", section("web", "sleep"));
  write("Procfile", entry("web", "sleep"));
  const std::string said = complaint(2, gafferd({"-c", "gaffer.ini", "--procfile", "Procfile"}));
  EXPECT_NE(std::string::npos, said.find("gaffer.ini")) << said;
  EXPECT_NE(std::string::npos, said.find("Procfile")) << said;
  EXPECT_FALSE(std::filesystem::exists(dir_.path("gaffer/lock")));
}

TEST_F(BadInput, AProcfileLineThatIsNone) {
  EXPECT_EQ(
      "gafferd: Procfile:2: \"just words\" is not an entry: it must be NAME: command, the "
      "name of letters, digits, _ and -\n",
      complaint_about_procfile("web: serve\njust words\n"));
  EXPECT_EQ("gafferd: Procfile:1: the file has no entries: it needs at least one NAME: command\n",
            complaint_about_procfile("# nothing\n"));
}

TEST_F(BadInput, AnEnvFileThatIsWrong) {
  write("Procfile", entry("web", "sleep"));
  write("bad.env", "A=1\nB\n");
  EXPECT_EQ("gaffer: bad.env:2: \"B\" has no =: it must be NAME=value\n",
            complaint(2, gaffer({"up", "-e", "bad.env"})));
  EXPECT_EQ("gaffer: cannot open no.env: no such file or directory\n",
            complaint(2, gaffer({"up", "-e", "no.env"})));
}

TEST_F(BadInput, AnEntryThatIsNotInTheProcfile) {
  write("Procfile", entry("web", "sleep"));
  EXPECT_EQ("gaffer: no entry wbe in Procfile\n", complaint(3, gaffer({"up", "wbe"})));
  EXPECT_EQ("gaffer: no entry wbe in Procfile\n", complaint(3, gaffer({"up", "-c", "wbe=2"})));
  EXPECT_EQ("gaffer: cannot scale \"web\": use NAME=N, NAME+N or NAME-N\n",
            complaint(2, gaffer({"up", "-c", "web"})));
}

TEST_F(BadInput, AnExecutableThatDoesNotExist) {
  start_gafferd_with("[process:ghost]\ncmd = /no/such\n" + section("web", "sleep"));
  const Ended start = gaffer({"start", "ghost"});
  EXPECT_EQ(1, start.status);
  EXPECT_EQ("ghost: 1 waiting (cannot execute /no/such: no such file or directory)\n", start.out);
  EXPECT_EQ(ProcessState::Running, process("web").state);
}

TEST_F(BadInput, AWorkingDirectoryThatDoesNotExist) {
  start_gafferd_with(section("web", "sleep", "cwd = /no/such"));
  EXPECT_EQ("web: 1 waiting (cannot change to directory /no/such: no such file or directory)\n",
            gaffer({"start", "web"}).out);
}

TEST_F(BadInput, ASecondDaemonOnTheSameDirectory) {
  start_gafferd_with(section("web", "sleep", "numprocesses = 2"));
  const auto before = os_pids("web");
  EXPECT_EQ("gafferd: another gafferd runs here: " + dir_.path("gaffer/lock") +
                " is held by process " + std::to_string(gafferd_->pid()) + "\n",
            complaint(1, gafferd({"-c", "gaffer.ini"})));
  EXPECT_EQ(before, os_pids("web"));
}

TEST_F(BadInput, ASocketPathThatIsTooLong) {
  const std::string dir = dir_.path(std::string(100, 'x'));
  const std::string reason =
      "cannot use socket " + dir + "/gaffer.sock: the path is longer than 107 bytes\n";
  EXPECT_EQ("gafferd: " + reason, complaint(1, gafferd({"--dir", dir})));
  EXPECT_EQ("gaffer: " + reason, complaint(2, gaffer({"--dir", dir, "ps"})));
}

TEST_F(BadInput, ADirectoryThatIsAFile) {
  const std::string file = write("file", "content");
  EXPECT_EQ("gafferd: cannot create directory " + file + ": not a directory\n",
            complaint(1, gafferd({"--dir", file})));
  EXPECT_EQ("gaffer: cannot connect to " + file + "/gaffer.sock: not a directory\n",
            complaint(1, gaffer({"--dir", file, "ps"})));
  EXPECT_EQ("content", dir_.read("work/file"));
}

TEST_F(BadInput, ASocketThatIsADirectory) {
  std::filesystem::create_directories(dir_.path("gaffer/gaffer.sock"));
  EXPECT_EQ("gafferd: cannot replace " + dir_.path("gaffer/gaffer.sock") + ": is a directory\n",
            complaint(1, gafferd({})));
}

TEST_F(BadInput, NoDaemon) {
  const std::string complaint_of_all =
      "gaffer: no gafferd answers at " + dir_.path("gaffer/gaffer.sock") +
      " (gaffer daemon start starts one; gaffer up runs a Procfile without)\n";
  EXPECT_EQ(complaint_of_all, complaint(4, gaffer({"ps"})));
  EXPECT_EQ(complaint_of_all, complaint(4, gaffer({"ps", "--json"})));
  EXPECT_EQ(complaint_of_all, complaint(4, gaffer({"start", "web"})));
  EXPECT_EQ(complaint_of_all, complaint(4, gaffer({"stop", "--all"})));
  EXPECT_EQ(complaint_of_all, complaint(4, gaffer({"scale", "web=2"})));
  EXPECT_EQ(complaint_of_all, complaint(4, gaffer({"logs", "-f"})));
}

TEST_F(BadInput, AnUnknownTemplate) {
  start_gafferd_with(section("web", "sleep"));
  EXPECT_EQ("gaffer: no template wbe\n", complaint(3, gaffer({"start", "wbe"})));
  EXPECT_EQ("gaffer: no template wbe\n", complaint(3, gaffer({"stop", "wbe"})));
  EXPECT_EQ("gaffer: no template wbe\n", complaint(3, gaffer({"restart", "wbe"})));
  EXPECT_EQ("gaffer: no template wbe\n", complaint(3, gaffer({"scale", "wbe=2"})));
  EXPECT_EQ("gaffer: no template wbe\n", complaint(3, gaffer({"logs", "wbe"})));
  EXPECT_EQ("gaffer: no template ../status\n", complaint(3, gaffer({"stop", "../status"})));
}

TEST_F(BadInput, OneUnknownTemplateDoesNotKeepTheOthersFromIt) {
  start_gafferd_with(section("web", "sleep") + section("db", "sleep"));
  const Ended stop = gaffer({"stop", "web", "wbe", "db"});
  EXPECT_EQ(3, stop.status);
  EXPECT_EQ("web: 1 stopped\ndb: 1 stopped\n", stop.out);
  EXPECT_EQ("gaffer: no template wbe\n", stop.err);
}

TEST_F(BadInput, AScaleThatIsNone) {
  start_gafferd_with(section("web", "sleep"));
  const pid_t before = process("web").os_pid;
  EXPECT_EQ("gaffer: cannot scale \"web\": use NAME=N, NAME+N or NAME-N\n",
            complaint(2, gaffer({"scale", "web"})));
  EXPECT_EQ("gaffer: cannot scale to \"many\": use N, +N or -N, N up to 10000\n",
            complaint(2, gaffer({"scale", "web=many"})));
  EXPECT_EQ("gaffer: cannot scale to \"10001\": use N, +N or -N, N up to 10000\n",
            complaint(2, gaffer({"scale", "web=10001"})));
  EXPECT_EQ(before, process("web").os_pid);
}

TEST_F(BadInput, NothingToActOn) {
  EXPECT_EQ("gaffer: which ones? Give names, or --all\n", complaint(2, gaffer({"stop"})));
  EXPECT_EQ("gaffer: which ones? Give names, or --all\n", complaint(2, gaffer({"restart"})));
  EXPECT_EQ(
      "gaffer: nothing to start: give names or --all for the daemon, or have a Procfile here to "
      "run it\n",
      complaint(2, gaffer({"start"})));
}

TEST_F(BadInput, AnUnknownCommandIsNamedWithTheNearest) {
  EXPECT_EQ("gaffer: no command strat (did you mean start?); see gaffer --help\n",
            complaint(2, gaffer({"strat", "web"})));
  EXPECT_EQ("gaffer: no command frobnicate; see gaffer --help\n",
            complaint(2, gaffer({"frobnicate"})));
}

TEST_F(BadInput, AnUnknownCommandIsNamedBehindAnOptionToo) {
  EXPECT_EQ("gaffer: no command strat (did you mean start?); see gaffer --help\n",
            complaint(2, gaffer({"--dir", "x", "strat", "web"})));
}

TEST_F(BadInput, AnOptionThatDoesNotExistIsNamedWithAHint) {
  EXPECT_EQ("gaffer: unknown option --jsno (did you mean --json?); see gaffer ps --help\n",
            complaint(2, gaffer({"ps", "--jsno"})));
  EXPECT_EQ("gafferd: The following argument was not expected: gaffer.ini; see gafferd --help\n",
            complaint(2, gafferd({"gaffer.ini"})));
}

TEST_F(BadInput, AnOptionWithAValueThatIsNoneIsNamedWithAHint) {
  EXPECT_EQ("gafferd: Could not convert: --port = 99999; see gafferd --help\n",
            complaint(2, gafferd({"--port", "99999"})));
  const std::string said = complaint(2, gaffer({"logs", "-n", "many"}));
  EXPECT_NE(std::string::npos, said.find("--lines")) << said;
  EXPECT_NE(std::string::npos, said.find("many")) << said;
}

TEST_F(BadInput, ANegativeNumberOfLinesIsRefused) {
  start_gafferd_with(section("web", "sleep"));
  complaint(2, gaffer({"logs", "-n", "-1"}));
}

TEST_F(BadInput, TheDirectoryOfTheDaemonMayStandBehindTheCommand) {
  start_gafferd_with(section("web", "sleep"));
  EXPECT_EQ(0, gaffer({"ps", "--dir", dir_.path("gaffer")}).status);
}

TEST_F(BadInput, AnEnvFileWithoutAProcfileIsRefused) {
  write("gaffer.ini", section("web", "sleep"));
  test::Program gafferd(command("gafferd", {"-c", "gaffer.ini", "-e", "no.env"}));
  EXPECT_TRUE(gafferd.wait_until(
      [&] { return gafferd.has_ended() || gafferd.err().find("ready") != std::string::npos; }));
  gafferd.signal(SIGTERM);
  EXPECT_EQ(2, gafferd.wait_for_end().status);
}

}  // namespace
}  // namespace gaffer
