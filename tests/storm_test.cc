#include <numeric>
#include <string>
#include <vector>

#include "support/api.h"
#include "support/daemon.h"

namespace gaffer {
namespace {

using std::chrono::milliseconds;
using test::section;

class Storm : public test::ProgramsTest {
 protected:
  static constexpr int kCrashing = 200;

  /// A healthy template, and then those that end as soon as they are started.
  static std::string two_hundred_that_crash() {
    std::string ini = section("steady", "sleep");
    for (int number = 1; number <= kCrashing; ++number)
      ini += section("crash" + std::to_string(number), "exit 1");
    return ini;
  }
  [[nodiscard]] std::vector<TemplateInfo> ask_status() const {
    return test::ask_status(dir_.path("gaffer/gaffer.sock"));
  }
  /// How often any of those that crash has been started.
  static std::uint64_t starts(const std::vector<TemplateInfo>& infos) {
    std::uint64_t sum = 0;
    for (const TemplateInfo& info : infos) {
      const ProcessInfo& one = info.processes.at(0);
      if (one.name != "steady") sum += one.restarts + (one.pid > 0 ? 1 : 0);
    }
    return sum;
  }
};

TEST_F(Storm, OfCrashesIsHeldToABudgetAndDisturbsNobody) {
  // Two starts each are free, then 20 together and 20 more a second: 1,620 in a minute.
  constexpr std::uint64_t kFree = 2 * kCrashing + 20;
  constexpr std::uint64_t kSecondsToSee = 4;
  start_gafferd_with(two_hundred_that_crash());
  const ProcessInfo before = process("steady");
  EXPECT_TRUE(test::eventually([&] {
    const auto infos = ask_status();
    if (infos.size() != kCrashing + 1) return false;
    const auto age = infos[0].processes.at(0).uptime.value();  // The first that was started.
    EXPECT_LE(starts(infos), kFree + static_cast<std::uint64_t>(age / milliseconds(50)) + 1);
    return HasFailure() || starts(infos) >= kFree + 20 * kSecondsToSee;
  }));
  const ProcessInfo after = process("steady");
  EXPECT_EQ(before.os_pid, after.os_pid);
  EXPECT_EQ(0U, after.restarts);
}

TEST_F(Storm, IsNotInTheWayOfWhatSomebodyAsksFor) {
  start_gafferd_with(two_hundred_that_crash());
  EXPECT_TRUE(test::eventually([this] { return starts(ask_status()) >= 2 * kCrashing + 20; }));
  const ProcessInfo before = process("steady");
  EXPECT_EQ("steady: 1 running\n", gaffer({"restart", "steady"}).out);
  EXPECT_NE(before.os_pid, process("steady").os_pid);
  EXPECT_EQ("crash7: 1 stopped\n", gaffer({"stop", "crash7"}).out);
}

}  // namespace
}  // namespace gaffer
