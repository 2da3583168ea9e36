/// A disk that is full: who writes to it waits, or loses what is counted, and nobody else.

#include <sys/mount.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include <gtest/gtest.h>

#include "support/api.h"
#include "support/daemon.h"
#include "support/numbered_lines.h"

namespace gaffer::test {
namespace {

/// A disk of a few MiB, mounted on `disk`, with ballast on it.
class DiskFull : public ProgramsTest {
 protected:
  void SetUp() override {
    std::filesystem::create_directory(disk());
    if (::mount("none", disk().c_str(), "tmpfs", 0, "size=8m") != 0)
      GTEST_SKIP() << "we may not mount a disk";
    is_mounted_ = true;
    std::ofstream(disk() + "/ballast") << std::string(std::size_t{5} << 20, 'b');
  }
  void TearDown() override {
    ProgramsTest::TearDown();
    if (!is_mounted_) return;
    EXPECT_EQ(0, ::umount2(disk().c_str(), MNT_DETACH));
  }
  [[nodiscard]] std::string disk() const { return dir_.path("disk"); }
  void make_room() const { ASSERT_TRUE(std::filesystem::remove(disk() + "/ballast")); }

  [[nodiscard]] std::string reason(const std::string& name) const {
    for (const TemplateInfo& info : ask_status(dir_.path("gaffer/gaffer.sock"))) {
      if (info.process_template.name == name && !info.processes.empty())
        return info.processes[0].reason;
    }
    return "";
  }
  bool wait_until_blocked() const {
    return eventually([this] { return reason("full").find("no space left") != std::string::npos; });
  }

 private:
  bool is_mounted_ = false;
};

// More than the space, less than it and the ballast's.
constexpr std::size_t kLines = 50'000;

TEST_F(DiskFull, WhoWritesWaitsAndLosesNothingAndOthersDoNotWait) {
  const std::string go = dir_.path("go");
  start_gafferd_with(
      section("full", "spam 5000000 print done sleep",
              "log_max_size = 256K\nlog_keep = 1000\nstdout_log = " + disk() + "/full.log") +
      section("other", "heir " + go + " sleep"));
  ASSERT_TRUE(wait_until_blocked()) << reason("full");
  EXPECT_EQ("output blocked: cannot write output: no space left on device", reason("full"));

  const auto other = [this] { return dir_.read("gaffer/logs/other.1.log").size(); };
  const std::size_t before = other();
  EXPECT_TRUE(eventually([&] { return other() > before + 1'000; }));
  std::ofstream(go) << "";
  EXPECT_NE("", reason("full"));

  make_room();
  ASSERT_TRUE(wait_until_logged("full", "done"));
  EXPECT_EQ("", reason("full"));
  const std::string bytes = log_bytes(disk() + "/full.log");
  std::size_t count = 0;
  ASSERT_LT(5U, bytes.size());
  EXPECT_EQ("", what_is_wrong(std::string_view(bytes).substr(0, bytes.size() - 5), count));
  EXPECT_EQ(kLines, count);
}

TEST_F(DiskFull, GafferdIsKilledMeanwhileAndWhatWasKeptIsReadOn) {
  const std::string ini =
      section("full", "spam 5000000 print done sleep",
              "log_max_size = 64K\nlog_keep = 1000\nstdout_log = " + disk() + "/full.log");
  start_gafferd_with(ini);
  ASSERT_TRUE(wait_until_blocked());
  gafferd_->signal(SIGKILL);
  (void)gafferd_->wait_for_end();
  gafferd_.reset();
  for (const pid_t pid : marked())
    ::kill(pid, SIGKILL);
  ASSERT_TRUE(nothing_is_left());
  make_room();
  const std::size_t kept = log_bytes(disk() + "/full.log").size();
  start_gafferd_with(ini);
  ASSERT_TRUE(wait_until_logged("full", "done"));
  const std::string bytes = log_bytes(disk() + "/full.log");
  std::size_t count = 0;
  // What a killed one had in its hands may be torn at its end, and nowhere else.
  (void)what_is_wrong(std::string_view(bytes).substr(0, kept / 100 * 100), count);
  EXPECT_EQ(kept / 100, count);
  EXPECT_EQ("",
            what_is_wrong(std::string_view(bytes).substr(kept, bytes.size() - kept - 5), count));
  EXPECT_EQ(kLines, count);
}

// All that it has written, gaps included.
TEST_F(DiskFull, DropCountsExactlyAndTheProcessDoesNotWait) {
  start_gafferd_with(
      section("full", "spam 5000000 stamp " + dir_.path("written") + " all print done sleep",
              "on_full = drop\nlog_max_size = 256K\nlog_keep = 1000\nstdout_log = " + disk() +
                  "/full.log"));
  ASSERT_TRUE(eventually([this] { return dir_.read("written") == "all\n"; }));
  ASSERT_TRUE(wait_until_blocked());
  make_room();
  ASSERT_TRUE(eventually([this] { return reason("full").empty(); }));
  ASSERT_EQ(0, gaffer({"restart", "full"}).status);
  ASSERT_TRUE(wait_until_logged("full", "done"));
  const std::string json = gaffer({"logs", "--json", "-n", "1", "full"}).out;
  // Two lives of 5,000,000 bytes and a "done" each, of which the first was dropped.
  EXPECT_NE(std::string::npos, json.find("\"offset\":10000005")) << json;
}

}  // namespace
}  // namespace gaffer::test
