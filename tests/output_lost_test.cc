/// What processes write is in their logs: all of it, once, in order.

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>

#include <gtest/gtest.h>

#include "support/daemon.h"
#include "support/numbered_lines.h"

namespace gaffer::test {
namespace {

class OutputLost : public ProgramsTest {
 protected:
  /// So that no disk slows what is to be fast.
  [[nodiscard]] std::string log(const std::string& name) const { return fast_.path(name); }

  /// Bytes of a line of /proc/PID/status of gafferd, as "VmRSS".
  [[nodiscard]] std::uint64_t memory(const std::string& which) const {
    std::ifstream status("/proc/" + std::to_string(gafferd_->pid()) + "/status");
    for (std::string key; status >> key;) {
      std::uint64_t kib = 0;
      if (key == which + ":" && status >> kib) return kib << 10;
    }
    ADD_FAILURE() << "no " << which;
    return 0;
  }

 private:
  TempDir fast_{fast_directory()};
};

TEST_F(OutputLost, FourHundredWritersThroughRotation) {
  constexpr int kWriters = 400;
  constexpr std::size_t kLines = kHasSanitizer ? 2'000 : 12'500;
  // The smaller the segments, the more often they change.
  start_gafferd_with(section("w", "spam " + std::to_string(kLines * 100) + " sleep",
                             "numprocesses = 400\nlog_max_size = 131072\nlog_keep = 1000\n"
                             "stdout_log = " +
                                 log("{slot}.log")));
  for (int slot = 1; slot <= kWriters; ++slot) {
    const std::string path = log(std::to_string(slot) + ".log");
    std::string bytes;
    ASSERT_TRUE(gafferd_->wait_until([&] {
      bytes = log_bytes(path);
      return bytes.size() >= kLines * 100;
    })) << slot
        << ": " << bytes.size();
    std::size_t count = 0;
    ASSERT_EQ("", what_is_wrong(bytes, count)) << slot;
    EXPECT_EQ(kLines, count) << slot;
  }
}

TEST_F(OutputLost, SixtyThousandBytesJustBeforeTheEnd) {
  start_gafferd_with(section("w", "spam 60000 exit 0", "numprocesses = 20\nrestart = never"));
  for (int slot = 1; slot <= 20; ++slot) {
    const std::string name = "w." + std::to_string(slot);
    std::string bytes;
    ASSERT_TRUE(eventually([&] {
      bytes = dir_.read("gaffer/logs/" + name + ".log");
      return bytes.size() >= 60'000;
    })) << bytes.size();
    std::size_t count = 0;
    EXPECT_EQ("", what_is_wrong(bytes, count));
    EXPECT_EQ(600U, count);
    EXPECT_EQ(bytes, gaffer({"logs", "--raw", "-n", "1000", name}).out);
  }
}

// Each of 10,000 processes writes a thousand lines at once and is gone.
TEST_F(OutputLost, AThousandLinesAndTheEndTenThousandTimes) {
  constexpr std::size_t kSlots = kHasSanitizer ? 50 : 500;
  constexpr std::size_t kRounds = kHasSanitizer ? 4 : 20;
  constexpr std::size_t kLines = 1000;
  start_gafferd_with(section(
      "w", "spam 100000 exit 0",
      "numprocesses = " + std::to_string(kSlots) +
          "\nrestart = never\nstart = no\nlog_max_size = 0\nstdout_log = " + log("{slot}.log")));
  for (std::size_t round = 1; round <= kRounds; ++round) {
    ASSERT_EQ(0, gaffer({"start", "w"}).status);
    for (std::size_t slot = 1; slot <= kSlots; ++slot) {
      const std::string path = log(std::to_string(slot) + ".log");
      ASSERT_TRUE(eventually([&] {
        return std::filesystem::exists(path) &&
               std::filesystem::file_size(path) >= round * kLines * 100;
      })) << path;
    }
    ASSERT_TRUE(eventually([this] {
      return std::ranges::none_of(processes("w"), [](const auto& one) { return one.os_pid != 0; });
    }));
  }
  for (std::size_t slot = 1; slot <= kSlots; ++slot) {
    const std::string bytes = log_bytes(log(std::to_string(slot) + ".log"));
    ASSERT_EQ(kRounds * kLines * 100, bytes.size()) << slot;
    for (std::size_t round = 0; round < kRounds; ++round) {
      std::size_t count = 0;
      const std::string_view run =
          std::string_view(bytes).substr(round * kLines * 100, kLines * 100);
      EXPECT_EQ("", what_is_wrong(run, count)) << slot << ", run " << round;
    }
  }
}

// What a line is, is for readers: nothing here waits for its end.
TEST_F(OutputLost, AHundredMegabytesWithoutANewlineArePassedOnAndNotKept) {
  constexpr std::size_t kBytes = std::size_t{kHasSanitizer ? 10 : 100} << 20;
  start_gafferd_with(section("w", "spam-hard " + std::to_string(kBytes) + " sleep",
                             "log_max_size = 0\nstdout_log = " + log("w.log") + "\nstart = no"));
  const std::uint64_t before = memory("VmRSS");
  ASSERT_EQ(0, gaffer({"start", "w"}).status);
  ASSERT_TRUE(eventually([&] {
    return std::filesystem::exists(log("w.log")) &&
           std::filesystem::file_size(log("w.log")) == kBytes;
  }));
  const std::string raw = gaffer({"logs", "--raw", "-n", "1", "w"}).out;
  ASSERT_EQ(kBytes, raw.size());
  // EXPECT_EQ would print them.
  std::size_t wrong = 0;
  for (std::size_t i = 0; i < kBytes; ++i)
    wrong += raw[i] == hard_byte(i) ? 0 : 1;
  EXPECT_EQ(0U, wrong);
  if (!kHasSanitizer) {
    EXPECT_LT(memory("VmHWM"), before + (std::uint64_t{8} << 20));
  }
}

}  // namespace
}  // namespace gaffer::test
