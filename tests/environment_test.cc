/// The words and the variables that a process is given, as the kernel shows them.

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "support/daemon.h"
#include "support/real_process.h"

namespace gaffer::test {
namespace {

using Words = std::vector<std::string>;

class Environment : public ProgramsTest {
 protected:
  [[nodiscard]] RealProcess real(const std::string& name, int slot = 1) const {
    return RealProcess(process(name, slot).os_pid);
  }
  [[nodiscard]] std::map<std::string, std::string> variables(const std::string& name) const {
    return real(name).environment();
  }
  /// What gafferd says of a file of templates instead of starting anything.
  [[nodiscard]] std::string complaint_about(const std::string& ini) {
    write("gaffer.ini", ini);
    const Ended ended = run(command("gafferd", {"-c", "gaffer.ini"}));
    EXPECT_NE(0, ended.status);
    return ended.err;
  }
};

TEST_F(Environment, WordsAreSplitAsAShellWouldAndArgsFollow) {
  start_gafferd_with(
      section("web", R"(print "two words" print '')", R"(args = print it\'s sleep)"));
  EXPECT_EQ((Words{puppet(), "print", "two words", "print", "", "print", "it's", "sleep"}),
            real("web").words());
}

TEST_F(Environment, AShellSplitsTheCommandAndLeavesTheArgsWhole) {
  start_gafferd_with(
      "[process:web]\nshell = yes\nenv = A=1\n"
      "cmd = true && exec " +
      puppet() + R"( print "$A b" print)" + "\n" + R"(args = 'it is $A; "x"' sleep)" + "\n");
  const Words expected = {puppet(), "print", "1 b", "print", R"(it is $A; "x")", "sleep"};
  EXPECT_TRUE(eventually([&] { return real("web").words() == expected; }));  // The shell was first.
}

TEST_F(Environment, AProgramWithoutASlashIsSearchedInThePathOfTheProcess) {
  std::filesystem::create_directory(dir_.path("work/tools"));
  std::filesystem::create_symlink(puppet(), dir_.path("work/tools/our-puppet"));
  start_gafferd_with(
      "[process:web]\ncmd = our-puppet sleep\nenv = PATH=" + dir_.path("work/tools") + ":$PATH\n");
  EXPECT_EQ((Words{"our-puppet", "sleep"}), real("web").words());
  EXPECT_EQ(puppet(), real("web").link("exe"));
}

TEST_F(Environment, VariablesStandForTheirValuesInEveryTextOfATemplate) {
  std::filesystem::create_directory(dir_.path("work/place"));
  start_gafferd_with(
      section("web", "print $A print \"${NONE:-other $A}\"",
              "args = print $PORT print $$A print ${GAFFER_NAME}.$GAFFER_SLOT sleep\n"
              "cwd = $WHERE/place\n"
              "port = 8000\n"
              "env = A=$B.$B B=2 WHERE=" +
                  dir_.path("work")));
  EXPECT_EQ((Words{puppet(), "print", "2.2", "print", "other 2.2", "print", "8000", "print", "$A",
                   "print", "web.1", "sleep"}),
            real("web").words());
  EXPECT_EQ(dir_.path("work/place"), real("web").link("cwd"));
}

TEST_F(Environment, RawTextsAreTakenAsTheyAre) {
  std::filesystem::create_directory(dir_.path("work/$PLACE"));
  start_gafferd_with(section("web", "print $NONE",
                             "raw = yes\nargs = print ${A} print $$ sleep\ncwd = $PLACE\n"
                             "env = A=$B"));
  const RealProcess web = real("web");
  EXPECT_EQ((Words{puppet(), "print", "$NONE", "print", "${A}", "print", "$$", "sleep"}),
            web.words());
  EXPECT_EQ("$B", web.environment()["A"]);
  EXPECT_EQ(dir_.path("work/$PLACE"), web.link("cwd"));
}

TEST_F(Environment, EachLayerStandsOverTheOneBefore) {
  write("web.env", "B=file\nC=file\nD=file\n");
  write("gaffer.ini",
        section("web", "sleep",
                "port = 8000\nenv_file = web.env\n"
                "env:C = env\nenv:D = $D and env\nenv:PORT = env\nenv:GAFFER_PID = env"));
  Command gafferd = command("gafferd", {"-c", "gaffer.ini"});
  for (const char* name : {"A", "B", "C", "PORT", "GAFFER_NAME"})
    gafferd.environment[name] = "manager";
  start_gafferd_as(gafferd);
  const ProcessInfo web = process("web");
  auto variables = RealProcess(web.os_pid).environment();
  EXPECT_EQ("manager", variables["A"]);
  EXPECT_EQ("file", variables["B"]);
  EXPECT_EQ("env", variables["C"]);
  EXPECT_EQ("file and env", variables["D"]);
  EXPECT_EQ("8000", variables["PORT"]);
  EXPECT_EQ("web", variables["GAFFER_NAME"]);
  EXPECT_EQ(std::to_string(web.pid), variables["GAFFER_PID"]);
}

TEST_F(Environment, NothingOfTheManagersIsLeftWithoutItsEnvironment) {
  start_gafferd_with(section("web", "sleep", "os_env = no\nenv = A=1 B=$A"));
  std::set<std::string> names;
  for (const auto& [name, value] : real("web").environment())
    names.insert(name);
  EXPECT_EQ(
      (std::set<std::string>{"A", "B", "GAFFER_NAME", "GAFFER_PID", "GAFFER_SLOT", "GAFFER_TREE"}),
      names);
}

TEST_F(Environment, EverySlotHasItsPortAndItsNumber) {
  start_gafferd_with(section("web", "sleep", "numprocesses = 3\nport = 8000"));
  const std::vector<ProcessInfo> slots = processes("web");
  ASSERT_EQ(3U, slots.size());
  for (const ProcessInfo& info : slots) {
    auto variables = RealProcess(info.os_pid).environment();
    EXPECT_EQ(std::to_string(8000 + info.slot - 1), variables["PORT"]);
    EXPECT_EQ(std::to_string(info.slot), variables["GAFFER_SLOT"]);
    EXPECT_EQ(std::to_string(info.pid), variables["GAFFER_PID"]);
  }
}

TEST_F(Environment, AnEnvFileIsReadWheneverAProcessIsStarted) {
  write("web.env", "A=1\n");
  start_gafferd_with(section("web", "sleep", "env_file = web.env"));
  EXPECT_EQ("1", variables("web")["A"]);
  write("web.env", "A=2\n");
  EXPECT_EQ("web: 1 running\n", gaffer({"restart", "web"}).out);
  EXPECT_EQ("2", variables("web")["A"]);
}

TEST_F(Environment, PathsAreRelativeToTheFileThatNamesThem) {
  std::filesystem::create_directories(dir_.path("work/etc/place"));
  write("etc/web.env", "A=1\n");
  write("etc/gaffer.ini",
        section("web", "sleep", "env_file = web.env\ncwd = place") + section("here", "sleep"));
  start_gafferd({"-c", "etc/gaffer.ini"});
  EXPECT_EQ("1", variables("web")["A"]);
  EXPECT_EQ(dir_.path("work/etc/place"), real("web").link("cwd"));
  EXPECT_EQ(dir_.path("work"), real("here").link("cwd"));
}

TEST_F(Environment, AnEnvFileThatIsWrongIsFoundWhenItIsLoaded) {
  write("web.env", "A=1\nB\n");
  EXPECT_EQ("gafferd: gaffer.ini:3: env_file: " + dir_.path("work/web.env") +
                ":2: \"B\" has no =: it must be NAME=value\n",
            complaint_about(section("web", "sleep", "env_file = web.env")));
}

TEST_F(Environment, AnEnvFileThatIsMissingIsFoundWhenItIsLoaded) {
  EXPECT_EQ("gafferd: gaffer.ini:3: env_file: cannot open " + dir_.path("work/no.env") +
                ": no such file or directory\n",
            complaint_about(section("web", "sleep", "env_file = no.env")));
}

TEST_F(Environment, AnEnvFileThatGoesLaterIsWaitedFor) {
  write("web.env", "A=1\n");
  start_gafferd_with(section("web", "sleep", "env_file = web.env\nbackoff = base=10ms, cap=10ms"));
  std::filesystem::remove(dir_.path("work/web.env"));
  EXPECT_EQ("web: 1 waiting (env_file: cannot open " + dir_.path("work/web.env") +
                ": no such file or directory)\n",
            gaffer({"restart", "web"}).out);
  write("web.env", "A=2\n");
  EXPECT_TRUE(eventually([this] { return process("web").state == ProcessState::Running; }));
  EXPECT_EQ("2", variables("web")["A"]);
}

TEST_F(Environment, AnUnknownVariableIsFoundWhenItIsLoaded) {
  EXPECT_EQ("gafferd: gaffer.ini:2: cmd: unknown variable $PROT (did you mean $PORT?)\n",
            complaint_about(section("web", "print $PROT sleep", "port = 8000")));
  EXPECT_EQ("gafferd: gaffer.ini:3: env A: unknown variable $NO_SUCH_THING\n",
            complaint_about(section("web", "sleep", "env = A=$NO_SUCH_THING")));
  EXPECT_EQ("gafferd: gaffer.ini:3: cwd: unknown variable $NO_SUCH_THING\n",
            complaint_about(section("web", "sleep", "cwd = $NO_SUCH_THING/x")));
  EXPECT_EQ("gafferd: gaffer.ini:3: args: unknown variable $NO_SUCH_THING\n",
            complaint_about(section("web", "print", "args = $NO_SUCH_THING sleep")));
}

TEST_F(Environment, AMistakeInTheLastTemplateStartsNoneOfTheOthers) {
  EXPECT_NE("", complaint_about(section("first", "sleep", "detach = yes") +
                                section("web", "sleep", "env_file = no.env")));
  EXPECT_EQ(std::vector<pid_t>(), marked());  // It would have outlived gafferd.
}

TEST_F(Environment, ATemplateOfAGroupIsKnownByBothNames) {
  start_gafferd_with(section("shop:web", "sleep") + section("shop:db", "sleep") +
                     section("web", "sleep") + "[env:shop:web]\nA = 1\n");
  EXPECT_EQ("shop:web", variables("shop:web")["GAFFER_NAME"]);
  EXPECT_EQ("1", variables("shop:web")["A"]);
  EXPECT_EQ("shop:web: 1 stopped\nshop:db: 1 stopped\n", gaffer({"stop", "shop:*"}).out);
  EXPECT_EQ(ProcessState::Running, process("web").state);
}

}  // namespace
}  // namespace gaffer::test
