#include <algorithm>
#include <csignal>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/strings.h"
#include "os/proc_fs.h"
#include "support/daemon.h"

namespace gaffer {
namespace {

using test::Command;
using test::section;

class Leftovers : public test::ProgramsTest {
 protected:
  /// Ends gafferd as a bug of ours would: nothing is cleaned up, its processes run on.
  void lose_gafferd() {
    gafferd_->signal(SIGKILL);
    EXPECT_EQ(128 + SIGKILL, gafferd_->wait_for_end().status);
    gafferd_.reset();
  }
};

TEST_F(Leftovers, AKilledDaemonsLockAndSocketAreNotInTheWay) {
  start_gafferd_with(section("web", "sleep"));
  const pid_t orphan = process("web").os_pid;
  lose_gafferd();
  EXPECT_TRUE(std::filesystem::exists(dir_.path("gaffer/gaffer.sock")));
  EXPECT_EQ(4, gaffer({"ps"}).status);
  ::kill(orphan, SIGKILL);

  start_gafferd({"-c", "gaffer.ini"});
  EXPECT_EQ(ProcessState::Running, process("web").state);
  EXPECT_NE(orphan, process("web").os_pid);
  EXPECT_EQ(std::to_string(gafferd_->pid()) + "\n", dir_.read("gaffer/lock"));
}

TEST_F(Leftovers, WhatWasLoggedBeforeTheDaemonWasKilledStaysReadable) {
  start_gafferd_with(section("web", "print-env GAFFER_TEST_ROUND sleep"));
  ASSERT_TRUE(wait_until_logged("web", "GAFFER_TEST_ROUND=(unset)"));
  const pid_t orphan = process("web").os_pid;
  lose_gafferd();
  ::kill(orphan, SIGKILL);
  Command second = command("gafferd", {"-c", "gaffer.ini"});
  second.environment["GAFFER_TEST_ROUND"] = "2";
  start_gafferd_as(second);
  ASSERT_TRUE(wait_until_logged("web", "GAFFER_TEST_ROUND=2"));
  EXPECT_EQ("GAFFER_TEST_ROUND=(unset)\nGAFFER_TEST_ROUND=2\n", gaffer({"logs", "web"}).out);
}

TEST_F(Leftovers, ADaemonThatEndsTakesItsSocketAlong) {
  start_gafferd_with(section("web", "sleep"));
  end_gafferd();
  EXPECT_FALSE(std::filesystem::exists(dir_.path("gaffer/gaffer.sock")));
  start_gafferd({"-c", "gaffer.ini"});
  EXPECT_EQ(ProcessState::Running, process("web").state);
}

TEST_F(Leftovers, EverySignalThatAsksForTheEndIsHeard) {
  for (const int signal : {SIGINT, SIGTERM, SIGQUIT}) {
    start_gafferd_with(section("web", "fork-and-hold stubborn sleep", "graceful_timeout = 0.1"));
    end_gafferd(signal);
    EXPECT_EQ(std::vector<pid_t>(), marked()) << signal;
  }
}

TEST_F(Leftovers, NobodyButItsUserMayLookIntoItsDirectory) {
  std::filesystem::remove(dir_.path("gaffer"));
  start_gafferd({});
  using std::filesystem::perms;
  const auto mode = [this](const std::string& name) {
    return std::filesystem::status(dir_.path(name)).permissions();
  };
  EXPECT_EQ(perms::owner_all, mode("gaffer"));
  EXPECT_EQ(perms::owner_all, mode("gaffer/logs"));
  EXPECT_EQ(perms::owner_read | perms::owner_write, mode("gaffer/gaffer.sock"));
}

TEST_F(Leftovers, ProcessesInheritNoDescriptorOfTheDaemon) {
  // The later ones are started while there are sockets, logs and pidfds of others.
  start_gafferd_with(section("web", "print-descriptors sleep", "numprocesses = 3"));
  ASSERT_TRUE(wait_until_logged("web", "web.3 | 0 1 2 "));
  EXPECT_EQ("web: 4 running\n", gaffer({"scale", "web+1"}).out);
  EXPECT_TRUE(test::eventually([this] {
    // Who was first is as it came.
    const std::string said = gaffer({"logs", "web"}).out;
    std::vector<std::string_view> lines = split(said, '\n');
    std::sort(lines.begin(), lines.end());
    return lines == std::vector<std::string_view>{"", "web.1 | 0 1 2 ", "web.2 | 0 1 2 ",
                                                  "web.3 | 0 1 2 ", "web.4 | 0 1 2 "};
  }));
}

TEST_F(Leftovers, ProcessesHaveTheDescriptorLimitTheDaemonWasStartedWith) {
  write("gaffer.ini", section("web", "print-descriptor-limit sleep"));
  Command command = this->command("gafferd", {"-c", "gaffer.ini"});
  command.descriptor_limit = 256;
  start_gafferd_as(command);
  EXPECT_TRUE(wait_until_logged("web", "256"));
}

TEST_F(Leftovers, ProcessesStartWithDefaultSignalsAndNoneBlocked) {
  start_gafferd_with(section("web", "print-status SigIgn: print-status SigBlk: sleep"));
  EXPECT_TRUE(wait_until_logged("web", "SigIgn:\t0000000000000000"));
  EXPECT_TRUE(wait_until_logged("web", "SigBlk:\t0000000000000000"));
}

// As `gafferd <&- >&- 2>&-` starts it, and daemons that were written for inetd.
TEST_F(Leftovers, ADaemonStartedWithoutStandardDescriptorsWorksAndEndsWell) {
  write("gaffer.ini", section("web", "print-descriptors sleep"));
  Command command = this->command("gafferd", {"-c", "gaffer.ini"});
  command.output = Command::Output::Nothing;
  test::Program gafferd(command);
  EXPECT_TRUE(test::eventually([this] { return gaffer({"logs"}).out == "0 1 2 \n"; }));
  gafferd.signal(SIGTERM);
  EXPECT_EQ(0, gafferd.wait_for_end().status);
}

TEST_F(Leftovers, ALimitOfFileSizesMakesAProcessWaitAndEndsNobody) {
  write("gaffer.ini", section("web", "spam 1MB sleep") + section("db", "sleep"));
  Command limited = command("gafferd", {"-c", "gaffer.ini"});
  limited.argv.insert(limited.argv.begin(), {"/bin/sh", "-c", "ulimit -f 200; exec \"$@\"", "sh"});
  start_gafferd_as(limited);
  EXPECT_TRUE(test::eventually([this] {
    return process("web").reason == "output blocked: cannot write output: file too large";
  }));
  EXPECT_EQ(ProcessState::Running, process("db").state);
}

TEST_F(Leftovers, InheritedSignalSettingsDoNotMatter) {
  write("gaffer.ini", section("web", "exit 3"));
  Command odd = command("gafferd", {"-c", "gaffer.ini"});
  odd.argv.insert(odd.argv.begin(), {"/bin/bash", "-c", "trap '' CHLD; exec \"$@\"", "bash"});
  start_gafferd_as(odd);
  EXPECT_TRUE(test::eventually([this] {
    const auto exit = process("web").last_exit;
    return exit && exit->status == ExitStatus{.code = 3};
  }));
}

TEST_F(Leftovers, NohupIsHonoured) {
  write("gaffer.ini", section("web", "sleep"));
  Command odd = command("gafferd", {"-c", "gaffer.ini"});
  odd.argv.insert(odd.argv.begin(), {"/bin/sh", "-c", "trap '' HUP; exec \"$@\"", "sh"});
  start_gafferd_as(odd);
  gafferd_->signal(SIGHUP);
  EXPECT_EQ(ProcessState::Running, process("web").state);
}

TEST_F(Leftovers, AThousandOrphansThatEndAreReaped) {
  start_gafferd_with(
      "[process:web]\nraw = yes\n"
      "cmd = sh -c 'i=0; while [ $i -lt 1000 ]; do (true &); i=$((i+1)); done; echo made; exec "
      "sleep "
      "1000'\n");
  ASSERT_TRUE(wait_until_logged("web", "made"));
  const auto children = [this] { return os::children_of(gafferd_->pid()); };
  EXPECT_TRUE(test::eventually([&] { return children().size() == 1; }));  // web itself
}

TEST_F(Leftovers, TwoHundredTemplatesStartAndEnd) {
  std::string ini;
  for (int number = 0; number < 200; ++number)
    ini += section("t" + std::to_string(number), "sleep");
  start_gafferd_with(ini);
  const auto all = status();
  EXPECT_EQ(200U, all.size());
  EXPECT_EQ(200, std::ranges::count_if(all, [](const TemplateInfo& info) {
              return info.processes.at(0).state == ProcessState::Running;
            }));
  const test::Ended stop = gaffer({"stop", "--all"});
  EXPECT_EQ(0, stop.status);
  EXPECT_EQ(200, std::ranges::count(stop.out, '\n'));
  EXPECT_EQ(std::vector<pid_t>{gafferd_->pid()}, marked());
  EXPECT_EQ(0, gaffer({"start", "--all"}).status);
}

TEST_F(Leftovers, TwoDaemonsInTwoDirectoriesKnowNothingOfEachOther) {
  start_gafferd_with(section("web", "sleep"));
  write("other.ini", section("db", "sleep"));
  test::Program other(command("gafferd", {"-c", "other.ini", "--dir", dir_.path("other")}));
  EXPECT_TRUE(other.wait_until([&] { return !other.err().empty(); }));
  EXPECT_EQ("db: 1 running\n", gaffer({"--dir", dir_.path("other"), "start", "db"}).out);
  EXPECT_EQ("gaffer: no template db\n", gaffer({"start", "db"}).err);
  other.signal(SIGTERM);
  EXPECT_EQ(0, other.wait_for_end().status);
  EXPECT_EQ(ProcessState::Running, process("web").state);
}

}  // namespace
}  // namespace gaffer
