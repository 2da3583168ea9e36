#pragma once

#include <algorithm>
#include <csignal>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "state/database.h"
#include "support/daemon.h"

namespace gaffer::test {

/// gafferd below a keeper: `gafferd_` is the keeper, which outlives the brains that a test ends.
class SurvivalTest : public ProgramsTest {
 protected:
  SurvivalTest() { has_keeper_ = true; }

  void start(const std::string& ini, const std::vector<std::string>& options = {}) {
    write("gaffer.ini", ini);
    std::vector<std::string> words{"-c", "gaffer.ini"};
    words.insert(words.end(), options.begin(), options.end());
    start_gafferd(words);
  }

  /// The gafferd below the keeper that was started; 0 while there is none.
  [[nodiscard]] pid_t brain() const {
    const std::string keeper = std::to_string(gafferd_->pid());
    const std::string children =
        os::read_file("/proc/" + keeper + "/task/" + keeper + "/children").value_or("");
    for (const std::string_view word : split(children, ' ')) {
      if (word.empty()) continue;
      std::error_code failure;
      const auto program =
          std::filesystem::read_symlink("/proc/" + std::string(word) + "/exe", failure);
      if (program.filename() == "gafferd" && has_executed(std::string(word)))
        return parse_number<pid_t>(word).value_or(0);
    }
    return 0;
  }

  /// Not a process that gafferd is making: that one is what gafferd is until it executes.
  static bool has_executed(const std::string& pid) {
    constexpr unsigned kForkedOnly = 0x40;  // PF_FORKNOEXEC of linux/sched.h.
    constexpr std::size_t kFlags = 6;       // Counted from behind the name: proc(5).
    const std::string stat = os::read_file("/proc/" + pid + "/stat").value_or(") ");
    const auto fields = split(std::string_view(stat).substr(stat.rfind(')') + 2), ' ');
    const auto flags = fields.size() > kFlags ? parse_number<unsigned>(fields[kFlags]) : 0;
    return flags && (*flags & kForkedOnly) == 0;
  }

  [[nodiscard]] int times_ready() const {
    int times = 0;
    for (std::size_t at = 0; (at = gafferd_->err().find("gafferd: ready", at)) != std::string::npos;
         ++at)
      ++times;
    return times;
  }

  void kill_brain(int signal) const {
    const pid_t pid = brain();
    ASSERT_LT(0, pid);
    ASSERT_EQ(0, ::kill(pid, signal));
  }

  /// Ends the brain and waits until the next one serves.
  void end_brain(int signal = SIGKILL) {
    const int before = times_ready();
    kill_brain(signal);
    wait_for_brain(before + 1);
  }
  void wait_for_brain(int times) {
    ASSERT_TRUE(
        gafferd_->wait_until([&] { return gafferd_->has_ended() || times_ready() >= times; }));
    ASSERT_FALSE(gafferd_->has_ended()) << gafferd_->err();
  }

  /// Waits until the one number that a question to the state answers is this.
  [[nodiscard]] bool is_recorded(const std::string& question, std::int64_t wanted) const {
    return eventually([&] {
      auto state = state::Database::open(dir_.path("gaffer/state.db"));
      const auto rows =
          state ? state->run(question) : Result<std::vector<state::Database::Row>>(state.error());
      return rows && rows->size() == 1 && state::number_in(rows->front().front()) == wanted;
    });
  }

  [[nodiscard]] std::string log_of(const std::string& name) const {
    return dir_.read("gaffer/logs/" + name + ".log");
  }

  static std::string spam(std::size_t bytes) {
    std::string all;
    for (std::size_t number = 0; number * 100 < bytes; ++number) {
      std::string line = std::to_string(number) + " ";
      line.resize(99, static_cast<char>('a' + number % 26));
      all += line + "\n";
    }
    return all;
  }

  void TearDown() override {
    if (gafferd_) {
      gafferd_->signal(SIGTERM);
      EXPECT_EQ(0, gafferd_->wait_for_end().status) << gafferd_->err();
      gafferd_.reset();
    }
    ProgramsTest::TearDown();
  }
};

}  // namespace gaffer::test
