/// The standard streams of a process: where its descriptors lead, and what is logged of them.

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "support/daemon.h"
#include "support/real_process.h"

namespace gaffer::test {
namespace {

constexpr const char* kNull = "/dev/null";

class Streams : public ProgramsTest {
 protected:
  /// What a descriptor of a process leads to.
  [[nodiscard]] std::string end_of(const std::string& name, int descriptor) const {
    return RealProcess(process(name).os_pid).link("fd/" + std::to_string(descriptor));
  }
  /// Whether gafferd holds the other end of it.
  [[nodiscard]] bool gafferd_holds(const std::string& pipe) const {
    const RealProcess gafferd(gafferd_->pid());
    return std::ranges::any_of(gafferd.descriptors(), [&](const std::string& number) {
      return gafferd.link("fd/" + number) == pipe;
    });
  }
  static bool is_pipe(const std::string& link) { return link.starts_with("pipe:["); }
};

TEST_F(Streams, BothOutputsAreOneStreamWithoutLabels) {
  start_gafferd_with(section("web", "print one print-error two print three sleep"));
  EXPECT_EQ(kNull, end_of("web", 0));
  EXPECT_TRUE(is_pipe(end_of("web", 1)));
  EXPECT_EQ(end_of("web", 1), end_of("web", 2));
  ASSERT_TRUE(wait_until_logged("web", "three"));
  EXPECT_EQ("one\ntwo\nthree\n", gaffer({"logs", "web"}).out);
}

TEST_F(Streams, OneLabelIsStandardOutputAlone) {
  start_gafferd_with(section("web", "print-error one print two sleep", "redirect_output = out"));
  EXPECT_EQ(kNull, end_of("web", 0));
  EXPECT_TRUE(is_pipe(end_of("web", 1)));
  EXPECT_EQ(kNull, end_of("web", 2));
  ASSERT_TRUE(wait_until_logged("web", "two"));
  EXPECT_EQ("two\n", gaffer({"logs", "web"}).out);
}

TEST_F(Streams, TwoLabelsAreTwoStreams) {
  start_gafferd_with(
      section("web", "print one print-error two sleep", "redirect_output = out, err"));
  EXPECT_TRUE(is_pipe(end_of("web", 1)));
  EXPECT_TRUE(is_pipe(end_of("web", 2)));
  EXPECT_NE(end_of("web", 1), end_of("web", 2));
  EXPECT_TRUE(eventually([this] {
    const std::string log = "\n" + gaffer({"logs", "web"}).out;
    return log.find("one\n") != std::string::npos && log.find("two\n") != std::string::npos;
  })) << gaffer({"logs", "web"}).out;
}

TEST_F(Streams, TheSameLabelTwiceKeepsTheOrder) {
  start_gafferd_with(
      section("web", "print one print-error two print three sleep", "redirect_output = all, all"));
  EXPECT_TRUE(is_pipe(end_of("web", 1)));
  EXPECT_EQ(end_of("web", 1), end_of("web", 2));
  ASSERT_TRUE(wait_until_logged("web", "three"));
  EXPECT_EQ("one\ntwo\nthree\n", gaffer({"logs", "web"}).out);
}

TEST_F(Streams, AnInputThatIsRedirectedStaysOpenAndIsRead) {
  start_gafferd_with(section("web", "echo-stdin print end sleep", "redirect_input = yes"));
  const pid_t web = process("web").os_pid;
  ASSERT_TRUE(is_pipe(end_of("web", 0)));
  EXPECT_TRUE(gafferd_holds(end_of("web", 0)));  // Otherwise this would be its end.

  const std::string path = "/proc/" + std::to_string(web) + "/fd/0";
  const os::UniqueFd input(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
  ASSERT_EQ(6, ::write(input.get(), "hello\n", 6));
  ASSERT_TRUE(wait_until_logged("web", "hello"));
  EXPECT_EQ("hello\n", gaffer({"logs", "web"}).out);
}

TEST_F(Streams, CustomStreamsAreSocketsBehindStandardError) {
  start_gafferd_with(section("web", "sleep", "custom_streams = control, events"));
  const RealProcess web(process("web").os_pid);
  EXPECT_EQ((std::set<std::string>{"0", "1", "2", "3", "4"}), web.descriptors());
  EXPECT_TRUE(end_of("web", 3).starts_with("socket:["));
  EXPECT_TRUE(end_of("web", 4).starts_with("socket:["));
  EXPECT_NE(end_of("web", 3), end_of("web", 4));
}

TEST_F(Streams, WhatIsWrittenToACustomStreamIsLogged) {
  start_gafferd_with(
      "[process:web]\ncmd = sh -c 'echo hello >&3; sleep 300'\n"
      "custom_streams = control\n");
  EXPECT_TRUE(wait_until_logged("web", "hello"));
}

TEST_F(Streams, ATerminalIsAllThreeStreams) {
  start_gafferd_with(
      section("web", "print one print-error two sleep", "pty = 30x100\nport = 8000\numask = 027"));
  const pid_t pid = process("web").os_pid;
  EXPECT_TRUE(end_of("web", 0).starts_with("/dev/pts/")) << end_of("web", 0);
  EXPECT_EQ(end_of("web", 0), end_of("web", 1));
  EXPECT_EQ(end_of("web", 0), end_of("web", 2));
  EXPECT_TRUE(wait_until_logged("web", "two\r"));

  const RealProcess web(pid);
  constexpr std::size_t kTerminal = 4;  // tty_nr of proc_pid_stat(5), counted behind the name.
  const std::string stat = web.text("stat");
  EXPECT_NE("0", RealProcess::words_of(stat.substr(stat.rfind(')') + 1)).at(kTerminal));
  EXPECT_EQ("8000", web.environment()["PORT"]);
  EXPECT_EQ("0027", web.status("Umask"));
}

TEST_F(Streams, ATerminalHasTheSizeOfTheTemplate) {
  start_gafferd_with(
      "[process:wide]\ncmd = stty size\npty = 30x100\nrestart = never\n"
      "[process:usual]\ncmd = stty size\npty = yes\nrestart = never\n");
  EXPECT_TRUE(wait_until_logged("wide", "30 100\r"));
  EXPECT_TRUE(wait_until_logged("usual", "24 80\r"));
}

TEST_F(Streams, WhatIsDetachedIsListedAndOutlivesGafferd) {
  start_gafferd_with(section("web", "sleep", "detach = yes") + section("db", "sleep"));
  const ProcessInfo info = process("web");
  ASSERT_EQ(ProcessState::Running, info.state);
  const pid_t web = info.os_pid;
  for (const int descriptor : {0, 1, 2})
    EXPECT_EQ(kNull, end_of("web", descriptor));

  end_gafferd();
  EXPECT_EQ(std::vector<pid_t>{web}, marked());
  EXPECT_EQ(web, ::getsid(web));
  ASSERT_EQ(0, ::kill(web, SIGKILL));
  EXPECT_TRUE(nothing_is_left());
}

TEST_F(Streams, WhatIsDetachedIsNotStartedAgainAndLeavesNoZombie) {
  start_gafferd_with(section("web", "sleep", "detach = yes"));
  const pid_t web = process("web").os_pid;
  ASSERT_EQ(0, ::kill(web, SIGKILL));
  EXPECT_TRUE(eventually([this] { return process("web").state == ProcessState::Stopped; }));
  EXPECT_EQ(0U, process("web").restarts);
  EXPECT_FALSE(os::read_proc_stat(web).has_value());
}

}  // namespace
}  // namespace gaffer::test
