#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "base/strings.h"
#include "os/files.h"
#include "os/proc_fs.h"
#include "support/command.h"
#include "support/programs.h"
#include "support/temp_dir.h"
#include "wire/status.h"

namespace gaffer::test {

/// An ini section for a template of the puppet's: what it does, and further keys.
inline std::string section(const std::string& name, const std::string& verbs,
                           const std::string& keys = "") {
  return "[process:" + name + "]\ncmd = " + puppet() + " " + verbs + "\n" + keys + "\n";
}

/// A Procfile line of the puppet's. `exec`, so that no shell stands between.
inline std::string entry(const std::string& name, const std::string& verbs) {
  return name + ": exec " + puppet() + " " + verbs + "\n";
}

/// A test of the programs in a directory of its own. Whatever runs in the end is ended and must end
/// well, and nothing that it started may be left.
class ProgramsTest : public testing::Test {
 protected:
  ProgramsTest() {
    std::filesystem::create_directory(dir_.path("work"));
    std::filesystem::create_directory(dir_.path("gaffer"));
  }

  /// A command of ours that works in `work`, where `write` writes.
  [[nodiscard]] Command command(const std::string& name, std::vector<std::string> words) const {
    if (name == "gafferd" && !has_keeper_) words.insert(words.begin(), "--no-keeper");
    words.insert(words.begin(), program(name));
    return {.argv = std::move(words),
            .directory = dir_.path("work"),
            .environment = {{"GAFFER_TEST_MARK", dir_.path()},
                            {"GAFFER_DIR", dir_.path("gaffer")},
                            // Freed memory that is kept to catch its use would look like a leak.
                            {"ASAN_OPTIONS", "quarantine_size_mb=1"}}};
  }
  std::string write(const std::string& name, const std::string& content) {
    return dir_.write("work/" + name, content);
  }

  /// Starts gafferd and waits until it serves.
  void start_gafferd(const std::vector<std::string>& options) {
    start_gafferd_as(command("gafferd", options));
  }
  void start_gafferd_as(const Command& command) {
    gafferd_.emplace(command);
    const bool is_ready = gafferd_->wait_until([this] {
      return gafferd_->has_ended() || gafferd_->err().find("gafferd: ready") != std::string::npos;
    });
    ASSERT_TRUE(is_ready && !gafferd_->has_ended()) << gafferd_->err();
    said_at_start_ = gafferd_->err();
  }
  void start_gafferd_with(const std::string& ini) {
    write("gaffer.ini", ini);
    start_gafferd({"-c", "gaffer.ini"});
  }

  /// Ends gafferd as a user would and expects that it ends well.
  void end_gafferd(int signal = SIGTERM) {
    gafferd_->signal(signal);
    const Ended ended = gafferd_->wait_for_end();
    EXPECT_EQ(0, ended.status);
    EXPECT_EQ(said_at_start_, ended.err);
    EXPECT_EQ("", ended.out);
    gafferd_.reset();
  }

  /// Runs `gaffer` against it.
  [[nodiscard]] Ended gaffer(std::vector<std::string> words) const {
    return run(command("gaffer", std::move(words)));
  }

  [[nodiscard]] std::vector<TemplateInfo> status() const {
    const Ended ps = gaffer({"ps", "--json"});
    EXPECT_EQ("", ps.err);
    auto parsed = wire::parse_status_document(ps.out);
    if (parsed) return std::move(*parsed);
    ADD_FAILURE() << parsed.error().message;
    return {};
  }
  [[nodiscard]] std::vector<ProcessInfo> processes(const std::string& name) const {
    for (TemplateInfo& info : status()) {
      if (info.process_template.name == name) return std::move(info.processes);
    }
    ADD_FAILURE() << "no template " << name;
    return {};
  }
  /// The process in a slot; one that is nothing if there is no such slot.
  [[nodiscard]] ProcessInfo process(const std::string& name, int slot = 1) const {
    for (ProcessInfo& one : processes(name)) {
      if (one.slot == slot) return std::move(one);
    }
    return {};
  }
  [[nodiscard]] std::vector<pid_t> os_pids(const std::string& name) const {
    std::vector<pid_t> pids;
    for (const ProcessInfo& one : processes(name))
      pids.push_back(one.os_pid);
    return pids;
  }
  /// The lines of the log, waited for until one of them is `line`.
  bool wait_until_logged(const std::string& name, const std::string& line) const {
    return eventually([&] {
      const std::string log = gaffer({"logs", "-n", "1000", name}).out;
      return ("\n" + log).find("\n" + line + "\n") != std::string::npos;
    });
  }

  /// Processes that were started by a program of this test, itself included.
  [[nodiscard]] std::vector<pid_t> marked() const {
    const std::string mark = "GAFFER_TEST_MARK=" + dir_.path();
    std::vector<pid_t> pids;
    (void)os::each_process([&](const os::ProcStat& stat) {
      const auto environment = os::read_file("/proc/" + std::to_string(stat.pid) + "/environ");
      const auto variables =
          environment ? split(*environment, '\0') : std::vector<std::string_view>();
      if (std::ranges::find(variables, mark) != variables.end()) pids.push_back(stat.pid);
      return true;
    });
    return pids;
  }
  /// Whether everything the test has started is gone, or goes soon.
  [[nodiscard]] bool nothing_is_left() const {
    return eventually([this] { return marked().empty(); });
  }

  void TearDown() override {
    if (gafferd_) end_gafferd();
    EXPECT_EQ(std::vector<pid_t>(), marked());
    for (const pid_t pid : marked())
      ::kill(pid, SIGKILL);
  }

  // NOLINTBEGIN(cppcoreguidelines-non-private-member-variables-in-classes)
  TempDir dir_;
  std::optional<Program> gafferd_;
  bool has_keeper_ = false;  ///< Whether gafferd is started below one, as it is by default.
                             // NOLINTEND(cppcoreguidelines-non-private-member-variables-in-classes)

 private:
  std::string said_at_start_;
};

}  // namespace gaffer::test
