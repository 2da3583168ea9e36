#include <filesystem>
#include <string>
#include <vector>

#include "support/daemon.h"
#include "support/source_tree.h"

namespace gaffer {
namespace {

using test::Command;
using test::Ended;
using test::entry;
using test::Program;
using test::section;

/// What a person types, and what it comes to.
class CommandLine : public test::ProgramsTest {
 protected:
  [[nodiscard]] Ended shell(const std::string& name, const std::string& script) const {
    Command command = this->command("gaffer", {});
    command.argv = {name, "-c", script};
    command.environment["PATH"] =
        std::filesystem::path(test::program("gaffer")).parent_path().string() + ":/usr/bin:/bin";
    return run(command);
  }
  static bool is_missing(const std::string& path) { return !std::filesystem::exists(path); }
};

TEST_F(CommandLine, EveryCommandHasHelpWithAnExample) {
  const Ended all = gaffer({"--help"});
  EXPECT_EQ(0, all.status);
  for (const char* name : {"up",     "run",  "check", "export", "ps",         "status",  "why",
                           "logs",   "wait", "start", "stop",   "restart",    "reload",  "scale",
                           "signal", "kill", "term",  "hup",    "interrupt",  "quit",    "alarm",
                           "usr1",   "usr2", "pause", "cont",   "completion", "version", "load",
                           "unload", "once", "send",  "attach", "events",     "top"}) {
    EXPECT_NE(std::string::npos, all.out.find("  " + std::string(name) + " ")) << name;
    const Ended one = gaffer({name, "--help"});
    EXPECT_EQ(0, one.status) << name;
    EXPECT_NE(std::string::npos, one.out.find("\nExamples:\n  ")) << one.out;
  }
  for (const char* second : {"start", "stop", "status", "reload"}) {
    const Ended one = gaffer({"daemon", second, "--help"});
    EXPECT_NE(std::string::npos, one.out.find("\nExamples:\n  gaffer daemon ")) << one.out;
  }
}

TEST_F(CommandLine, ARunHasTheEnvironmentOfTheApplicationAndItsOwnStatus) {
  write("Procfile", entry("web", "print-env COLOUR print-env PORT exit 3"));
  write(".env", "COLOUR=red\n");
  const Ended named = gaffer({"run", "web"});
  EXPECT_EQ(3, named.status);
  EXPECT_EQ("COLOUR=red\nPORT=5000\n", named.out);
  const Ended own = gaffer({"run", test::puppet(), "print-env", "COLOUR", "kill-self", "9"});
  EXPECT_EQ(128 + 9, own.status);
  EXPECT_EQ("COLOUR=red\n", own.out);
}

TEST_F(CommandLine, ARunOfWhatIsNotThereSaysSo) {
  write("Procfile", "web: serve\n");
  const Ended ended = gaffer({"run", "/no/such"});
  EXPECT_EQ(127, ended.status);
  EXPECT_EQ("gaffer: cannot execute /no/such: no such file or directory\n", ended.err);
}

TEST_F(CommandLine, ARunHasTheTerminal) {
  write("Procfile", "web: test -t 0 && test -t 1 && echo a terminal\n");
  Command command = this->command("gaffer", {"run", "web"});
  command.output = Command::Output::Terminal;
  Program program(command);
  const Ended ended = program.wait_for_end();
  EXPECT_EQ(0, ended.status);
  EXPECT_NE(std::string::npos, ended.out.find("a terminal")) << ended.out;
}

TEST_F(CommandLine, AnExportAsIniIsReadBackAsTheSameApplication) {
  write("Procfile",
        entry("web", "print-env A sleep") + "worker: exec " + test::puppet() + " sleep\n");
  write(".env", "A=b c\n");
  write("gaffer.ini", gaffer({"export", "ini", "-c", "worker=2"}).out);
  start_gafferd({"-c", "gaffer.ini"});
  EXPECT_EQ(2U, processes("worker").size());
  EXPECT_TRUE(wait_until_logged("web", "A=b c"));
}

TEST_F(CommandLine, UnitsOfAnExportAreWhatSystemdTakes) {
  if (is_missing("/usr/bin/systemd-analyze")) GTEST_SKIP() << "there is no systemd-analyze";
  write("Procfile", "web: exec /bin/sleep \"100\" 50%\nworker: echo $HOME; sleep 1\n");
  write(".env", "A=\"q\\\"uo\\\\te\"\n");
  const Ended made = gaffer({"export", "systemd", "-o", "units", "-a", "shop", "-c", "web=2"});
  EXPECT_EQ(
      "units/shop.target\nunits/shop-web.1.service\nunits/shop-web.2.service\n"
      "units/shop-worker.1.service\n",
      made.out);
  const Ended verdict =
      shell("/bin/sh", "cd units && /usr/bin/systemd-analyze verify --man=no ./shop*.service 2>&1");
  EXPECT_EQ(std::string::npos, verdict.out.find("shop-")) << verdict.out;
}

TEST_F(CommandLine, AnExportOfAnUnknownFormatSaysWhichThereAre) {
  write("Procfile", "web: serve\n");
  const Ended ended = gaffer({"export", "yaml"});
  EXPECT_EQ(2, ended.status);
  EXPECT_EQ("gaffer: no format \"yaml\": use ini, json, systemd, supervisord or Procfile\n",
            ended.err);
}

TEST_F(CommandLine, UpWithoutRestartsEndsWithTheFirstAndItsStatus) {
  // Not before the other one runs.
  write("Procfile",
        "web: until [ -e here ]; do sleep 0.01; done; exit 3\ndb: touch here; exec sleep 999\n");
  const Ended ended = gaffer({"up", "--no-restart"});
  EXPECT_EQ(3, ended.status);
  EXPECT_NE(std::string::npos, ended.out.find("db.1   | ended: killed by SIGTERM")) << ended.out;
}

TEST_F(CommandLine, UpThatExitsOnFailureLetsASuccessBe) {
  write("Procfile", entry("migrate", "exit 0") + entry("test", "print hello kill-self 15"));
  EXPECT_EQ(128 + 15, gaffer({"up", "--exit-on-failure"}).status);
  write("Procfile", entry("migrate", "exit 0") + entry("test", "exit 0"));
  EXPECT_EQ(0, gaffer({"up", "--exit-on-failure"}).status);
}

TEST_F(CommandLine, UpWhereAnyCanDieEndsWithTheLast) {
  write("Procfile", entry("a", "exit 4") + entry("b", "exit 0"));
  const Ended ended = gaffer({"up", "--any-can-die"});
  EXPECT_EQ(4, ended.status);
  EXPECT_NE(std::string::npos, ended.out.find("b.1    | ended: exit code 0")) << ended.out;
}

TEST_F(CommandLine, UpTakesOneWayToEnd) {
  write("Procfile", "web: serve\n");
  EXPECT_EQ(2, gaffer({"up", "--no-restart", "--any-can-die"}).status);
}

TEST_F(CommandLine, UpDoesNotStartAReleaseThatIsNotNamed) {
  write("Procfile", entry("release", "print migrated exit 0") + entry("web", "exit 1"));
  EXPECT_EQ(std::string::npos, gaffer({"up", "--no-restart"}).out.find("migrated"));
  EXPECT_NE(std::string::npos, gaffer({"up", "--no-restart", "release"}).out.find("migrated"));
}

TEST_F(CommandLine, UpScalesAllThatAreNotNamed) {
  write("Procfile", entry("web", "exit 0") + entry("db", "exit 0"));
  const std::string said = gaffer({"up", "--any-can-die", "-c", "web=1,all=2"}).out;
  EXPECT_NE(std::string::npos, said.find("db.2")) << said;
  EXPECT_EQ(std::string::npos, said.find("web.2")) << said;
}

TEST_F(CommandLine, UpShowsALineBeforeItsEndHasCome) {
  write("Procfile", "web: printf 'password: '; exec " + test::puppet() + " sleep\n");
  Program program(command("gaffer", {"up"}));
  EXPECT_TRUE(program.wait_until_said("| password: ")) << program.out();
  program.signal(SIGTERM);
  EXPECT_EQ(0, program.wait_for_end().status);
}

TEST_F(CommandLine, SelectorsNameGroupsPatternsAndPids) {
  start_gafferd_with(section("shop:web", "sleep", "numprocesses = 2") +
                     section("shop:db", "sleep") + section("worker", "sleep"));
  EXPECT_EQ("shop:web.1\nshop:web.2\nshop:db.1\n", gaffer({"ps", "-o", "name", "shop:"}).out);
  EXPECT_EQ("worker.1\n", gaffer({"ps", "-o", "name", "wor*"}).out);
  EXPECT_EQ("shop:web.2\n", gaffer({"ps", "-o", "name", "*b.2"}).out);
  EXPECT_EQ("shop:web.1\n", gaffer({"ps", "-o", "name", "#1"}).out);
  EXPECT_EQ("shop:db.1\nworker.1\n", gaffer({"ps", "-o", "name", "shop:db", "worker"}).out);
  EXPECT_EQ("gaffer: nothing is called x*\n", gaffer({"ps", "x*"}).err);
  EXPECT_EQ("shop:web: 1 stopped\n", gaffer({"stop", "shop:web.?"}).out.substr(0, 20));
}

TEST_F(CommandLine, AnUnknownFormOfTheListSaysWhichThereAre) {
  start_gafferd_with(section("web", "sleep"));
  EXPECT_EQ("gaffer: no form \"yaml\" of the list: use name, wide, json or jsonl\n",
            gaffer({"ps", "-o", "yaml"}).err);
}

TEST_F(CommandLine, ColoursCanBeAskedForAndForbidden) {
  start_gafferd_with(section("web", "sleep"));
  const auto has_colour = [](const Ended& ended) {
    return ended.out.find("\x1b[32mrunning\x1b[0m") != std::string::npos;
  };
  EXPECT_FALSE(has_colour(gaffer({"ps"})));
  EXPECT_TRUE(has_colour(gaffer({"ps", "--color", "always"})));
  Command forced = command("gaffer", {"ps"});
  forced.environment["FORCE_COLOR"] = "1";
  EXPECT_TRUE(has_colour(run(forced)));
  forced.environment["NO_COLOR"] = "1";
  EXPECT_FALSE(has_colour(run(forced)));
  EXPECT_EQ(2, gaffer({"ps", "--color", "pink"}).status);
}

TEST_F(CommandLine, StatusTellsAScriptWhetherItRuns) {
  start_gafferd_with(section("web", "sleep") + section("idle", "sleep", "start = no"));
  const Ended running = gaffer({"status", "web"});
  EXPECT_EQ(0, running.status);
  EXPECT_NE(std::string::npos, running.out.find("web.1: running for ")) << running.out;
  EXPECT_NE(std::string::npos, running.out.find("\n  restarts:  0\n")) << running.out;
  EXPECT_EQ(3, gaffer({"status", "idle"}).status);
  EXPECT_EQ(3, gaffer({"status", "nobody"}).status);
}

TEST_F(CommandLine, AFailedStartShowsTheReasonAndTheLastLines) {
  // The folder is there for the first start only.
  std::filesystem::create_directory(dir_.path("work/here"));
  start_gafferd_with(section("web", "print serving print-env LANG sleep",
                             "cwd = here\nenv:LANG = C\nbackoff = base=1h, cap=1h"));
  ASSERT_TRUE(wait_until_logged("web", "LANG=C"));
  std::filesystem::remove(dir_.path("work/here"));
  const Ended ended = gaffer({"restart", "web"});
  EXPECT_EQ(1, ended.status);
  EXPECT_EQ("web: 1 waiting (cannot change to directory " + dir_.path("work/here") +
                ": no such file or directory)\n",
            ended.out);
  EXPECT_EQ("  web.1 | serving\n  web.1 | LANG=C\n", ended.err);
}

TEST_F(CommandLine, WaitingEndsWithWhatItWaitsForOrInTime) {
  start_gafferd_with(section("web", "sleep") + section("idle", "sleep", "start = no"));
  EXPECT_EQ(0, gaffer({"wait", "web"}).status);
  const Ended late = gaffer({"wait", "idle", "--timeout", "50ms"});
  EXPECT_EQ(5, late.status);
  EXPECT_EQ(0U, late.err.find("gaffer: not running in time\n  idle.1: not running")) << late.err;
  Program waiting(command("gaffer", {"wait", "web", "--for", "exit"}));
  EXPECT_TRUE(waiting.wait_until([&] {
    (void)gaffer({"kill", "web"});
    return waiting.has_ended();
  }));
  EXPECT_EQ(0, waiting.wait_for_end().status);
  EXPECT_EQ(2, gaffer({"wait", "web", "--for", "ever"}).status);
}

TEST_F(CommandLine, SignalsHaveTheirNames) {
  start_gafferd_with(section("web", "sleep"));
  EXPECT_EQ(0, gaffer({"pause", "web"}).status);
  const pid_t pid = process("web").os_pid;
  EXPECT_TRUE(test::eventually([&] {
    const auto stat = os::read_proc_stat(pid);
    return stat && stat->state == 'T';
  }));
  EXPECT_EQ(0, gaffer({"cont", "web"}).status);
  EXPECT_EQ(0, gaffer({"kill", "web"}).status);
  EXPECT_TRUE(test::eventually([&] { return process("web").restarts > 0; }));
}

TEST_F(CommandLine, ATableFitsTheTerminal) {
  start_gafferd_with(section("a-template-with-a-name-of-some-length", "exit 1"));
  Command command = this->command("gaffer", {"ps", "--color", "never"});
  command.output = Command::Output::Terminal;
  Program program(command);
  const std::string said = program.wait_for_end().out;
  for (const std::string_view line : split(said, '\n'))
    EXPECT_GE(81U, line.size()) << line;  // 80 and a CR.
  EXPECT_NE(std::string::npos, said.find("LAST EXIT")) << said;
}

TEST_F(CommandLine, BashCompletesTheNamesOfTemplates) {
  if (is_missing("/bin/bash")) GTEST_SKIP() << "there is no bash";
  start_gafferd_with(section("shop:web", "sleep") + section("worker", "sleep"));
  const std::string script =
      "source <(gaffer completion bash)\n"
      "ask() { COMP_LINE=$1 COMP_POINT=${#1}; _gaffer; printf '%s,' \"${COMPREPLY[@]}\"; echo; }\n"
      "ask 'gaffer stop wor'\nask 'gaffer stop shop:w'\nask 'gaffer sta'\nask 'gaffer ps --js'\n";
  EXPECT_EQ("worker,worker.1,\nweb,web.1,\nstats,status,start,\n--json,\n",
            shell("/bin/bash", script).out);
}

TEST_F(CommandLine, ZshCompletesTheNamesOfTemplates) {
  if (is_missing("/usr/bin/zsh")) GTEST_SKIP() << "there is no zsh";
  start_gafferd_with(section("shop:web", "sleep") + section("worker", "sleep"));
  const std::string script =
      "compdef() { :; }\n_describe() { print -rl -- \"${(@P)2}\"; }\n_files() { print files; }\n"
      "source <(gaffer completion zsh)\n"
      "words=(gaffer stop wor); CURRENT=3; _gaffer\n"
      "words=(gaffer stop shop:w); CURRENT=3; _gaffer\n"
      "words=(gaffer check ''); CURRENT=3; _gaffer\n";
  const Ended ended = shell("/usr/bin/zsh", script);
  EXPECT_EQ("worker\nworker.1\nshop\\:web\nshop\\:web.1\nfiles\n", ended.out) << ended.err;
}

TEST_F(CommandLine, FishCompletesTheNamesOfTemplates) {
  if (is_missing("/usr/bin/fish")) GTEST_SKIP() << "there is no fish";
  start_gafferd_with(section("shop:web", "sleep") + section("worker", "sleep"));
  const std::string script =
      "gaffer completion fish | source\n"
      "complete -C 'gaffer stop wor'\ncomplete -C 'gaffer stop shop:w'\n";
  Ended ended = shell("/usr/bin/fish", script);
  EXPECT_EQ("worker\nworker.1\nshop:web\nshop:web.1\n", ended.out) << ended.err;
}

TEST_F(CommandLine, TheManualIsWhatTheProgramPrints) {
  // To write them anew: gaffer manual gaffer > docs/man/gaffer.1, and so on.
  EXPECT_EQ(test::source_file("docs/man/gaffer.1"), gaffer({"manual", "gaffer"}).out);
  EXPECT_EQ(test::source_file("docs/man/gaffer.ini.5"), gaffer({"manual", "gaffer.ini"}).out);
  EXPECT_EQ(test::source_file("docs/man/gaffer-procfile.5"),
            gaffer({"manual", "gaffer-procfile"}).out);
  EXPECT_EQ(test::source_file("docs/man/gafferd.8"), run(command("gafferd", {"--manual"})).out);
}

TEST_F(CommandLine, ForemansExampleRunsAsItStands) {
  // The one of its README; `bundle` is ours.
  write("Procfile", "web: bundle exec thin start -p $PORT\njob: bundle exec rake jobs:work\n");
  std::filesystem::create_directory(dir_.path("work/bin"));
  write("bin/bundle", "#!/bin/sh\necho \"bundle $*\"\nexec " + test::puppet() + " sleep\n");
  std::filesystem::permissions(dir_.path("work/bin/bundle"), std::filesystem::perms::owner_all);
  Command up = command("gaffer", {"up"});
  up.environment["PATH"] = dir_.path("work/bin") + ":/usr/bin:/bin";
  Program program(up);
  EXPECT_TRUE(program.wait_until_said("web.1  | bundle exec thin start -p 5000")) << program.out();
  EXPECT_TRUE(program.wait_until_said("job.1  | bundle exec rake jobs:work")) << program.out();
  program.signal(SIGTERM);
  EXPECT_EQ(0, program.wait_for_end().status);
}

}  // namespace
}  // namespace gaffer
