#include <csignal>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "support/daemon.h"

namespace gaffer {
namespace {

using test::section;

class AProcessDies : public test::ProgramsTest {
 protected:
  /// Ends a process as the kernel does when memory is short.
  static void kill(const ProcessInfo& victim) {
    ASSERT_GT(victim.os_pid, 0);
    ::kill(victim.os_pid, SIGKILL);
  }
  /// Waits until another process runs in its slot, and returns that.
  ProcessInfo replacement_of(const ProcessInfo& victim) {
    ProcessInfo now;
    EXPECT_TRUE(test::eventually([&] {
      now = process(victim.name, victim.slot);
      return now.state == ProcessState::Running && now.pid != victim.pid;
    }));
    return now;
  }
};

TEST_F(AProcessDies, AReplacementTakesItsSlotWithANewPid) {
  start_gafferd_with(section("web", "sleep", "numprocesses = 2") + section("db", "sleep"));
  for (const char* name : {"web", "db"}) {
    for (const ProcessInfo& before : processes(name)) {
      kill(before);
      const ProcessInfo after = replacement_of(before);
      EXPECT_EQ(before.slot, after.slot);
      EXPECT_NE(before.os_pid, after.os_pid);
      EXPECT_EQ(1U, after.restarts);
      ASSERT_TRUE(after.last_exit.has_value());
      EXPECT_EQ(SIGKILL, after.last_exit->status.signal);
    }
  }
}

TEST_F(AProcessDies, TheOthersRunOn) {
  start_gafferd_with(section("web", "sleep", "numprocesses = 3"));
  const auto before = os_pids("web");
  const ProcessInfo second = process("web", 2);
  kill(second);
  const ProcessInfo after = replacement_of(second);
  EXPECT_EQ((std::vector<pid_t>{before.at(0), after.os_pid, before.at(2)}), os_pids("web"));
}

TEST_F(AProcessDies, PsTellsHowItEndedAndHowOftenItWasReplaced) {
  start_gafferd_with(section("web", "sleep"));
  const ProcessInfo before = process("web");
  kill(before);
  const ProcessInfo after = replacement_of(before);
  const test::Ended ps = gaffer({"ps"});
  EXPECT_EQ(0, ps.status);
  const auto lines = split(ps.out, '\n');
  ASSERT_EQ(3U, lines.size());
  // What separates the columns depends on their content; the words do not.
  const auto words = [](std::string_view line) {
    std::vector<std::string> found;
    for (const std::string_view word : split(line, ' ')) {
      if (!word.empty()) found.emplace_back(word);
    }
    return found;
  };
  EXPECT_EQ((std::vector<std::string>{"NAME", "STATE", "PID", "OS_PID", "UPTIME", "RESTARTS",
                                      "LAST", "EXIT"}),
            words(lines[0]));
  auto row = words(lines[1]);
  ASSERT_EQ(11U, row.size()) << lines[1];
  EXPECT_EQ((std::vector<std::string>{"web.1", "running", "2", std::to_string(after.os_pid)}),
            std::vector<std::string>(row.begin(), row.begin() + 4));
  EXPECT_EQ((std::vector<std::string>{"1", "killed", "by", "SIGKILL,"}),
            std::vector<std::string>(row.begin() + 5, row.begin() + 9));
  EXPECT_EQ("ago", row.back());
}

TEST_F(AProcessDies, OneThatEndsWellIsReplacedToo) {
  start_gafferd_with(section("web", "print served exit 0"));
  EXPECT_TRUE(test::eventually([this] { return process("web").restarts >= 2; }));
  EXPECT_EQ("exit code 0", describe(process("web").last_exit.value().status));
}

TEST_F(AProcessDies, ItsLastWordsAreInTheLog) {
  // As soon as its end is told, all of the 60 KB before it can be read; in each of 20 slots.
  start_gafferd_with(section("talker", "spam 60KB print last kill-self 9", "numprocesses = 20"));
  EXPECT_TRUE(test::eventually([this] {
    return std::ranges::all_of(processes("talker"),
                               [](const auto& one) { return one.last_exit.has_value(); });
  }));
  const test::Ended logs = gaffer({"logs", "-n", "100000", "talker"});
  std::map<std::string, std::vector<std::string>> runs;
  for (const std::string_view line : split(logs.out, '\n')) {
    const auto bar = line.find(" | ");
    if (bar == std::string_view::npos) continue;
    auto& said = runs[std::string(trim(line.substr(0, bar)))];
    if (said.empty() || said.back() != "last") {
      said.emplace_back(line.substr(bar + 3, line.substr(bar + 3).find(' ')));
    }
  }
  constexpr std::size_t kLines = 615;  // Of 100 bytes.
  std::vector<std::string> one_run(kLines);
  for (std::size_t number = 0; number < kLines; ++number)
    one_run[number] = std::to_string(number);
  one_run.emplace_back("last");
  EXPECT_EQ(20U, runs.size());
  for (const auto& [label, said] : runs)
    EXPECT_EQ(one_run, said) << label;
}

TEST_F(AProcessDies, AnExecutableThatDoesNotExistIsWaitedFor) {
  const std::string late = dir_.path("work/late");
  start_gafferd_with("[process:late]\ncmd = " + late + " print here sleep\n");
  const std::string reason = "cannot execute " + late + ": no such file or directory";
  ProcessInfo present;
  EXPECT_TRUE(test::eventually([&] {
    present = process("late");
    EXPECT_EQ(0, present.os_pid);
    EXPECT_EQ(ProcessState::Waiting, present.state);
    EXPECT_EQ(reason, present.reason);
    return present.restarts >= 2;
  }));
  const test::Ended ps = gaffer({"ps"});
  EXPECT_NE(std::string::npos, ps.out.find(reason + "; next start in ")) << ps.out;

  std::filesystem::create_symlink(test::puppet(), late);
  EXPECT_TRUE(test::eventually([&] { return process("late").state == ProcessState::Running; }));
  EXPECT_EQ("", process("late").reason);
  EXPECT_TRUE(wait_until_logged("late", "here"));
}

TEST_F(AProcessDies, OneThatKeepsCrashingDoesNotDisturbAnother) {
  start_gafferd_with(section("crash", "exit 3") + section("steady", "print steady sleep"));
  const ProcessInfo before = process("steady");
  EXPECT_TRUE(test::eventually([this] { return process("crash").restarts >= 4; }));
  const ProcessInfo after = process("steady");
  EXPECT_EQ(before.os_pid, after.os_pid);
  EXPECT_EQ(0U, after.restarts);
  EXPECT_EQ("steady\n", gaffer({"logs", "steady"}).out);
}

TEST_F(AProcessDies, OneThatKeepsCrashingWaitsLongerEachTime) {
  start_gafferd_with(section("crash", "exit 3"));
  EXPECT_TRUE(test::eventually([this] {
    const ProcessInfo crash = process("crash");
    return crash.restarts >= 4 && crash.next_start > std::chrono::milliseconds(400);
  }));
  EXPECT_EQ("exit code 3", process("crash").reason);
}

TEST_F(AProcessDies, WhatACrashedLeaderLeavesGoesBeforeItsReplacementComes) {
  start_gafferd_with(
      section("web", "fork-and-hold stubborn print ready sleep", "graceful_timeout = 0.1"));
  ASSERT_TRUE(wait_until_logged("web", "ready"));
  const ProcessInfo before = process("web");
  kill(before);
  replacement_of(before);
  EXPECT_EQ(0, os::living_member(before.os_pid).value());
}

TEST_F(AProcessDies, WhatItSaidBeforeStaysReadable) {
  start_gafferd_with(section("web", "print-env GAFFER_PID sleep"));
  ASSERT_TRUE(wait_until_logged("web", "GAFFER_PID=1"));
  kill(process("web"));
  ASSERT_TRUE(wait_until_logged("web", "GAFFER_PID=2"));
  EXPECT_EQ("GAFFER_PID=1\nGAFFER_PID=2\n", gaffer({"logs", "web"}).out);
}

}  // namespace
}  // namespace gaffer
