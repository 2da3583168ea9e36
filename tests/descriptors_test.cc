#include <algorithm>
#include <csignal>
#include <filesystem>
#include <string>
#include <vector>

#include "support/api.h"
#include "support/daemon.h"

namespace gaffer {
namespace {

using test::section;

class FewDescriptors : public test::ProgramsTest {
 protected:
  void start_gafferd_with_few(const std::string& ini) {
    write("gaffer.ini", ini);
    test::Command gafferd = command("gafferd", {"-c", "gaffer.ini"});
    gafferd.argv.insert(gafferd.argv.begin(), {"/usr/bin/prlimit", "--nofile=128:128"});
    start_gafferd_as(gafferd);
  }
  [[nodiscard]] long count(const std::string& name, ProcessState state) const {
    return std::ranges::count(processes(name), state, &ProcessInfo::state);
  }
};

TEST_F(FewDescriptors, MakeProcessesWaitUntilThereIsRoom) {
  constexpr long kTooMany = 60;
  const std::string backoff = "\nbackoff = base=0.05, cap=0.1";
  start_gafferd_with_few(section("many", "print here sleep", "numprocesses = 60" + backoff) +
                         section("late", "print here sleep", "numprocesses = 4" + backoff));
  EXPECT_TRUE(test::eventually([this] {
    return count("many", ProcessState::Running) + count("many", ProcessState::Waiting) == kTooMany;
  }));
  const long running = count("many", ProcessState::Running);
  EXPECT_LT(8, running);
  EXPECT_GT(kTooMany, running);
  for (const ProcessInfo& one : processes("many")) {
    if (one.state != ProcessState::Waiting) continue;
    EXPECT_NE(std::string::npos, one.reason.find("too many open files")) << one.reason;
  }
  EXPECT_EQ("many: 5 running\n", gaffer({"scale", "many=5"}).out);
  EXPECT_TRUE(test::eventually([this] { return count("late", ProcessState::Running) == 4; }));
  EXPECT_TRUE(wait_until_logged("late", "late.1 | here"));
}

TEST_F(FewDescriptors, ThatAreTooFewToStartAreALineAndNoSocketIsLeft) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "sanitizers need descriptors themselves, and err without them";
#endif
  int refused = 0;
  bool is_ready = false;
  // Below 8 it may be the loader of shared libraries that has none.
  for (int limit = 8; limit < 64 && !is_ready; ++limit) {
    test::Command gafferd = command("gafferd", {});
    const std::string number = std::to_string(limit);
    gafferd.argv.insert(
        gafferd.argv.begin(),
        {"/usr/bin/prlimit", "--nofile=" + std::string(number).append(":").append(number)});
    test::Program program(gafferd);
    ASSERT_TRUE(program.wait_until([&] {
      is_ready = program.err().find("gafferd: ready") != std::string::npos;
      return is_ready || program.has_ended();
    })) << limit;
    program.signal(SIGTERM);
    const test::Ended ended = program.wait_for_end();
    if (is_ready) break;
    EXPECT_EQ(1, ended.status) << limit;
    EXPECT_EQ(0U, ended.err.find("gafferd: cannot ")) << limit << ": " << ended.err;
    EXPECT_EQ(ended.err.size() - 1, ended.err.find('\n')) << limit << ": " << ended.err;
    EXPECT_FALSE(std::filesystem::exists(dir_.path("gaffer/gaffer.sock"))) << limit;
    ++refused;
  }
  EXPECT_TRUE(is_ready);
  EXPECT_LT(6, refused);
}

}  // namespace
}  // namespace gaffer
