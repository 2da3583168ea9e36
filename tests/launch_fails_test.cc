/// Processes that cannot be started: each says why, is tried again, and runs as soon as the cause
/// is gone.

#include <sys/stat.h>

#include <filesystem>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "support/daemon.h"

namespace gaffer::test {
namespace {

class LaunchFails : public ProgramsTest {
 protected:
  static std::string failing(const std::string& name, const std::string& command,
                             const std::string& keys = "") {
    return "[process:" + name + "]\ncmd = " + command + "\nbackoff = base=10ms, cap=10ms\n" + keys +
           "\n";
  }
  /// Starts gafferd with one template, and expects that it cannot start a process because of that.
  void expect_failure(const std::string& reason, const std::string& ini) {
    start_gafferd_with(ini);
    const ProcessInfo info = process("web");
    EXPECT_EQ(ProcessState::Waiting, info.state);
    EXPECT_EQ(reason, info.reason);
    EXPECT_EQ(0, info.os_pid);
    EXPECT_TRUE(eventually([this] { return process("web").early_exits > 3; }));
    const std::string why = gaffer({"why", "web"}).out;
    EXPECT_TRUE(why.starts_with("web.1: backing off, ")) << why;
    EXPECT_NE(std::string::npos, why.find(" failed start in ")) << why;
    EXPECT_NE(std::string::npos, why.find("(" + reason + "), next start in ")) << why;
    EXPECT_TRUE(gafferd_has_no_child());
  }
  /// Also no zombie. An attempt that is under way is one for a moment.
  [[nodiscard]] bool gafferd_has_no_child() const {
    return eventually([this] { return os::children_of(gafferd_->pid()).empty(); });
  }
  /// Expects that it runs by itself now.
  void expect_recovery() const {
    EXPECT_TRUE(eventually([this] { return process("web").state == ProcessState::Running; }));
    const ProcessInfo info = process("web");
    EXPECT_EQ("", info.reason);
    EXPECT_EQ(std::vector<pid_t>{info.os_pid}, os::children_of(gafferd_->pid()));
  }
  /// A program that is there at once as a whole.
  void install(const std::string& name) const {
    std::filesystem::create_symlink(puppet(), dir_.path("work/new"));
    std::filesystem::rename(dir_.path("work/new"), dir_.path("work/" + name));
  }
};

TEST_F(LaunchFails, TheProgramIsNotThere) {
  const std::string program = dir_.path("work/tool");
  expect_failure("cannot execute " + program + ": no such file or directory",
                 failing("web", program + " sleep"));
  install("tool");
  expect_recovery();
}

TEST_F(LaunchFails, NoDirectoryOfThePathHasTheProgram) {
  expect_failure("cannot execute no-such-tool: no such file or directory",
                 failing("web", "no-such-tool sleep", "env = PATH=/usr/bin:" + dir_.path("work")));
  install("no-such-tool");
  expect_recovery();
}

TEST_F(LaunchFails, TheProgramMayNotBeExecuted) {
  const std::string program = write("tool", "#!/bin/sh\nexec sleep 300\n");
  expect_failure("cannot execute " + program + ": permission denied", failing("web", program));
  ASSERT_EQ(0, ::chmod(program.c_str(), 0755));
  expect_recovery();
}

TEST_F(LaunchFails, TheProgramIsATextThatNamesNoInterpreter) {
  const std::string program = write("tool", "exec sleep 300\n");
  ASSERT_EQ(0, ::chmod(program.c_str(), 0755));
  expect_failure("cannot execute " + program + ": exec format error", failing("web", program));
  install("tool");
  // The puppet without a verb would end.
  EXPECT_TRUE(eventually([this] { return process("web").last_exit.has_value(); }));
}

TEST_F(LaunchFails, TheProgramIsADirectory) {
  std::filesystem::create_directory(dir_.path("work/tool"));
  expect_failure("cannot execute " + dir_.path("work/tool") + ": permission denied",
                 failing("web", dir_.path("work/tool") + " sleep"));
  std::filesystem::remove(dir_.path("work/tool"));
  install("tool");
  expect_recovery();
}

// MAX_ARG_STRLEN of execve(2): 128 KiB for one argument.
TEST_F(LaunchFails, AnArgumentIsTooLong) {
  expect_failure("cannot execute " + puppet() + ": argument list too long",
                 failing("web", puppet() + " sleep", "args = " + std::string(200'000, 'x')));
}

TEST_F(LaunchFails, TheDirectoryIsNotThere) {
  const std::string place = dir_.path("work/place");
  expect_failure("cannot change to directory " + place + ": no such file or directory",
                 failing("web", puppet() + " sleep", "cwd = place"));
  std::filesystem::create_directory(place);
  expect_recovery();
}

TEST_F(LaunchFails, TheDirectoryIsAFile) {
  const std::string place = write("place", "");
  expect_failure("cannot change to directory " + place + ": not a directory",
                 failing("web", puppet() + " sleep", "cwd = place"));
  std::filesystem::remove(place);
  std::filesystem::create_directory(place);
  expect_recovery();
}

TEST_F(LaunchFails, TheUserOrTheGroupIsUnknown) {
  expect_failure("unknown user no-such-user",
                 failing("web", puppet() + " sleep", "uid = no-such-user") +
                     failing("db", puppet() + " sleep", "gid = no-such-group") +
                     section("other", "sleep", "start = no"));
  EXPECT_EQ("unknown group no-such-group", process("db").reason);
  EXPECT_EQ("other: 1 running\n", gaffer({"start", "other"}).out);
}

}  // namespace
}  // namespace gaffer::test
