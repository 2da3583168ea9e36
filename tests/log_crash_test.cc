/// gafferd is killed at, or refused, each system call with which it keeps output.

#include <signal.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "support/api.h"
#include "support/daemon.h"
#include "support/numbered_lines.h"
#include "support/strace.h"

namespace gaffer::test {
namespace {

#if defined(__SANITIZE_THREAD__)
constexpr bool kHasThreadSanitizer = true;
#else
constexpr bool kHasThreadSanitizer = false;
#endif

/// What the process writes, through a dozen segments.
constexpr std::size_t kLines = 2'000;

class LogCrash : public ProgramsTest, public testing::WithParamInterface<std::string> {
 protected:
  void SetUp() override {
    if (kHasThreadSanitizer) GTEST_SKIP() << "the sanitizer makes system calls of its own";
    if (!can_strace()) GTEST_SKIP() << "strace is not here, or may not trace";
    write("gaffer.ini", section("w", "spam " + std::to_string(kLines * 100) + " print done sleep",
                                "graceful_timeout = 0.2\nlog_max_size = 16K\nlog_keep = 1000\n"
                                "stdout_log = " +
                                    path()));
  }
  [[nodiscard]] std::string path() const { return dir_.path("w.log"); }

  void begin(const std::vector<std::string>& options) {
    std::vector<std::string> all{"-f"};
    all.insert(all.end(), options.begin(), options.end());
    // What it starts is not to be traced: it is let go at its execve.
    all.insert(all.end(), {"-b", "execve"});
    gafferd_.emplace(
        under_strace(command("gafferd", {"-c", "gaffer.ini"}), dir_.path("trace"), all));
  }
  [[nodiscard]] bool is_done() const { return log_bytes(path()).ends_with("done\n"); }

  /// Starts it on what is there, without a fault, and ends it when the process has said all.
  void live_again() {
    const std::size_t before = log_bytes(path()).size();
    start_gafferd({"-c", "gaffer.ini"});
    EXPECT_TRUE(eventually([&] { return log_bytes(path()).size() > before && is_done(); }))
        << log_bytes(path()).size();
    read_live_ = gaffer({"logs", "--raw", "-n", "1000000", "w"}).out;
    end_gafferd();
  }

  /// Each life's lines are there from the first up to some line, in order; the one that was killed
  /// may have been killed within a line. Returns how many lives there are.
  static std::size_t expect_lives_in(const std::string& bytes) {
    std::size_t lives = 0;
    std::string_view rest = bytes;
    while (!rest.empty()) {
      const std::string_view begin = rest;
      ++lives;
      std::size_t number = 0;
      for (; number < kLines && rest.starts_with(spam_line(number) + "\n"); ++number)
        rest.remove_prefix(100);
      if (number == kLines && rest.starts_with("done\n")) {
        rest.remove_prefix(5);
      } else {
        // The start of what is next, and then another life.
        const std::string next = (number < kLines ? spam_line(number) : "done") + "\n";
        std::size_t torn = 0;
        while (torn < rest.size() && torn < next.size() && rest[torn] == next[torn] &&
               !rest.substr(torn).starts_with(spam_line(0) + "\n"))
          ++torn;
        rest.remove_prefix(torn);
      }
      if (rest.size() == begin.size()) {
        ADD_FAILURE() << "at " << bytes.size() - rest.size() << ": " << rest.substr(0, 120);
        return lives;
      }
    }
    return lives;
  }

  void end_all() {
    for (const pid_t pid : marked())
      ::kill(pid, SIGKILL);
    ASSERT_TRUE(nothing_is_left());
  }
  void forget() const {
    for (const auto& entry : std::filesystem::directory_iterator(dir_.path())) {
      if (entry.path().filename().string().starts_with("w.log"))
        std::filesystem::remove(entry.path());
    }
    std::filesystem::remove_all(dir_.path("gaffer/logs"));
  }
  /// How often a life without a fault makes the call.
  int calls_in_a_life() {
    begin({"-e", "trace=" + GetParam()});
    EXPECT_TRUE(gafferd_->wait_until([this] { return is_done(); }));
    gafferd_->signal(SIGTERM);
    EXPECT_EQ(0, gafferd_->wait_for_end().status);
    gafferd_.reset();
    int calls = 0;
    const std::string trace = dir_.read("trace");
    for (const std::string_view line : split(trace, '\n')) {
      const std::string_view call = line.substr(line.find(' ') + 1);
      calls += trim(call).starts_with(GetParam() + "(") ? 1 : 0;
    }
    EXPECT_EQ(1U, expect_lives_in(log_bytes(path())));
    forget();
    return calls;
  }

  std::string read_live_;  // NOLINT
};

/// Some of 1 … `most`, evenly spread; all of them would take an hour.
std::vector<int> some_places(int most) {
  const char* wanted = std::getenv("GAFFER_SWEEP_PLACES");
  const int count = parse_number<int>(wanted != nullptr ? wanted : "").value_or(3);
  std::vector<int> places;
  places.reserve(static_cast<std::size_t>(std::min(count, most)));
  for (int i = 0; i < std::min(count, most); ++i)
    places.push_back(most <= count ? i + 1 : 1 + i * (most - 1) / (count - 1));
  return places;
}

class ItIsKilledAt : public LogCrash {};

// Twice in a row, because what the first has left the second goes on with.
TEST_P(ItIsKilledAt, AndTheNextOneGoesOnWithoutLossOrRepetition) {
  int killed = 0;
  for (const int place : some_places(calls_in_a_life())) {
    SCOPED_TRACE(GetParam() + " " + std::to_string(place));
    for (int life = 0; life < 2; ++life) {
      const std::size_t size = log_bytes(path()).size();
      begin({"-e", "trace=" + GetParam(), "-e",
             "inject=" + GetParam() + ":signal=KILL:when=" + std::to_string(place)});
      EXPECT_TRUE(gafferd_->wait_until(
          [&] { return gafferd_->has_ended() || (log_bytes(path()).size() > size && is_done()); }));
      gafferd_->signal(SIGTERM);
      killed += gafferd_->wait_for_end().status == 128 + SIGKILL ? 1 : 0;
      gafferd_.reset();
      end_all();
    }
    const std::string before = log_bytes(path());
    const Ended past = gaffer({"logs", "--raw", "-n", "1000000", "w"});
    if (!before.empty()) {
      EXPECT_EQ(before.size(), past.out.size());
    }
    live_again();
    const std::string bytes = log_bytes(path());
    EXPECT_EQ(before, bytes.substr(0, before.size()));
    EXPECT_LE(1U, expect_lives_in(bytes));
    EXPECT_EQ(bytes.size(), read_live_.size());
    EXPECT_EQ(bytes.size(), gaffer({"logs", "--raw", "-n", "1000000", "w"}).out.size());
    forget();
    if (HasFailure()) return;
  }
  EXPECT_LT(0, killed);
}

INSTANTIATE_TEST_SUITE_P(Each, ItIsKilledAt,
                         testing::Values("splice", "openat2", "renameat2", "rename", "pwrite64",
                                         "pread64", "unlink", "ftruncate", "flock"),
                         [](const auto& test) { return test.param; });

class ItIsRefused : public LogCrash {};

TEST_P(ItIsRefused, AndNothingIsLost) {
  const int calls = calls_in_a_life();
  int lives = 0;
  for (const char* error : {"EIO", "ENOSPC", "EMFILE", "EINTR"}) {
    for (const int place : some_places(calls)) {
      const std::string what = GetParam() + ":error=" + error + ":when=" + std::to_string(place);
      SCOPED_TRACE(what);
      begin({"-e", "trace=" + GetParam(), "-e", "inject=" + what});
      EXPECT_TRUE(gafferd_->wait_until([&] { return gafferd_->has_ended() || is_done(); }));
      gafferd_->signal(SIGTERM);
      const bool was_ready =
          gafferd_->wait_for_end().err.find("gafferd: ready") != std::string::npos;
      gafferd_.reset();
      end_all();
      const bool is_met = dir_.read("trace").find("(INJECTED)") != std::string::npos;
      if (!was_ready || !is_met) {  // A start that fails is for the other sweep.
        forget();
        continue;
      }
      ++lives;
      const std::string bytes = log_bytes(path());
      EXPECT_EQ(1U, expect_lives_in(bytes));
      EXPECT_EQ(bytes.size(), gaffer({"logs", "--raw", "-n", "1000000", "w"}).out.size());
      EXPECT_EQ(kLines * 100 + 5, bytes.size());
      forget();
      if (HasFailure()) return;
    }
  }
  EXPECT_LT(0, lives);
}

INSTANTIATE_TEST_SUITE_P(Each, ItIsRefused,
                         testing::Values("splice", "openat2", "renameat2", "rename", "pread64",
                                         "pwrite64", "ftruncate"),
                         [](const auto& test) { return test.param; });

}  // namespace
}  // namespace gaffer::test
