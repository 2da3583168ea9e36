#include "os/process_files.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "support/real_process.h"
#include "support/spawn_fixture.h"

namespace gaffer::os {
namespace {

using std::chrono::milliseconds;

class ProcessFilesTest : public test::SpawnFixture {
 protected:
  static std::size_t files_of_proc() {
    std::size_t count = 0;
    for (const std::string& number : test::RealProcess(::getpid()).descriptors())
      count += test::RealProcess(::getpid()).link("fd/" + number).starts_with("/proc/") ? 1 : 0;
    return count;
  }
  /// A puppet, once it has said so.
  Child start_ready(std::vector<std::string> verbs) {
    verbs.insert(verbs.end(), {"print", "ready", "sleep"});
    SpawnPlan plan = puppet(std::move(verbs));
    Pipe pipe = std::move(make_pipe().value());
    plan.stdio = {-1, pipe.write.get(), -1};
    Child child = start(plan);
    EXPECT_TRUE(test::wait_readable(pipe.read.get()));
    return child;
  }

  std::array<char, 16384> room_{};  // NOLINT
};

TEST(ProcessUseTest, ReadsALineWhoseNameHasBlanksAndParentheses) {
  const auto use = parse_process_use(
      "42 (a) b) S 7 42 42 0 -1 4194304 1 2 3 4 150 50 300 100 20 5 9 0 1234 8192 3 "
      "18446744073709551615 1");
  ASSERT_TRUE(use.has_value());
  EXPECT_EQ('S', use->state);
  EXPECT_EQ(7, use->parent);
  EXPECT_EQ("a) b", use->command);
  EXPECT_EQ(5, use->nice);
  EXPECT_EQ(9, use->threads);
  EXPECT_EQ(1234U, use->start_ticks);
  EXPECT_EQ(8192U, use->virtual_bytes);
  EXPECT_EQ(3U * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE)), use->resident_bytes);
  EXPECT_EQ(std::chrono::seconds(2), use->cpu_time);
  EXPECT_EQ(std::chrono::seconds(4), use->ended_cpu_time);
}

TEST(ProcessUseTest, RefusesALineThatIsCutOff) {
  EXPECT_EQ(Errc::Protocol, parse_process_use("").error().code);
  EXPECT_EQ(Errc::Protocol, parse_process_use("42 (a").error().code);
  EXPECT_EQ(Errc::Protocol, parse_process_use("42 )a( S 7").error().code);
  EXPECT_EQ(Errc::Protocol, parse_process_use("42 (a) S 7 42 42 0 -1 4194304 1").error().code);
}

TEST_F(ProcessFilesTest, SayWhatTheKernelSaysElsewhere) {
  const Child child = start_ready({"hold", "20MB"});
  const test::RealProcess real(child.pid());
  ProcessFiles files(child.pid());
  const ProcessUse use = files.use(room_).value();
  EXPECT_EQ(real.status("PPid"), std::to_string(use.parent));
  EXPECT_EQ(real.status("Threads"), std::to_string(use.threads));
  EXPECT_EQ("puppet", use.command);
  const auto resident_kib = std::stoull(real.status("VmRSS"));
  EXPECT_NEAR(static_cast<double>(resident_kib), static_cast<double>(use.resident_bytes) / 1024,
              1024);  // The kernel counts in batches for each processor.
  EXPECT_GT(use.resident_bytes, 20U << 20);
  EXPECT_EQ(std::stoull(real.status("VmSize")) * 1024, use.virtual_bytes);
  EXPECT_EQ(real.descriptors().size(), files.open_files());
  EXPECT_EQ(test::puppet() + " hold 20MB print ready sleep", files.command_line());
  EXPECT_EQ(::geteuid(), files.user());
  EXPECT_GT(files.proportional_bytes().value_or(0), 20U << 20);
  EXPECT_TRUE(files.io(room_).has_value());
}

TEST_F(ProcessFilesTest, CountTheProcessorTimeMoreFinelyThanInTicks) {
  ProcessFiles files(::getpid());
  const auto before = files.use(room_).value().cpu_time;
  bool is_fine = false;
  for (int look = 0; look < 100 && !is_fine; ++look)
    is_fine = (files.use(room_).value().cpu_time - before) % milliseconds(10) != milliseconds(0);
  EXPECT_TRUE(is_fine);
}

TEST_F(ProcessFilesTest, FindChildren) {
  const Child child = start_ready({"fork-and-hold", "plain"});
  ProcessFiles files(child.pid());
  const ProcessUse use = files.use(room_).value();
  std::vector<pid_t> children;
  files.append_children(use.threads, room_, children);
  ASSERT_EQ(1U, children.size());
  EXPECT_EQ(std::to_string(child.pid()), test::RealProcess(children[0]).status("PPid"));
  ::kill(-child.pid(), SIGKILL);
}

TEST_F(ProcessFilesTest, SayThatAProcessIsGoneAlsoThroughADescriptorThatIsKept) {
  ProcessFiles files(0);
  {
    const Child child = start_ready({});
    files = ProcessFiles(child.pid());
    ASSERT_TRUE(files.use(room_).has_value());
    EXPECT_EQ(1U, files_of_proc());
    ::kill(child.pid(), SIGKILL);
    (void)wait_for(child);
  }
  EXPECT_TRUE(test::eventually([&] {
    const auto use = files.use(room_);
    return !use && use.error().code == Errc::NotFound;
  }));
  EXPECT_EQ(std::nullopt, files.user());
  EXPECT_EQ(std::nullopt, files.open_files());
  EXPECT_EQ(std::nullopt, files.command_line());
  EXPECT_EQ(std::nullopt, files.proportional_bytes());
  EXPECT_EQ(std::nullopt, files.io(room_));
}

TEST_F(ProcessFilesTest, KeepNothingOpenWhereHalfOfTheDescriptorsAreInUse) {
  EXPECT_EQ("0 files, still there", test::said_in_a_copy([&] {
              rlimit limit{.rlim_cur = 40, .rlim_max = 40};
              ::setrlimit(RLIMIT_NOFILE, &limit);
              while (::open("/dev/null", O_RDONLY | O_CLOEXEC) < 20) {
              }
              ProcessFiles files(::getpid());
              const bool is_there = files.use(room_).has_value() && files.use(room_).has_value();
              return std::to_string(files_of_proc()) + " files, " + (is_there ? "still there" : "");
            }));
}

}  // namespace
}  // namespace gaffer::os
