#include <chrono>
#include <csignal>
#include <string>

#include "support/api.h"
#include "support/daemon.h"

namespace gaffer {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using test::section;

class Clocks : public test::ProgramsTest {};

/// What a test sees of `crash` and `steady` when it looks again and again.
struct Watched {
  milliseconds uptime{};  // Of steady, the last time.
  bool has_been_in_the_future = false;
  bool has_been_in_the_past = false;

  void look(const ProcessInfo& steady, const ProcessInfo& crash) {
    EXPECT_EQ(0U, steady.restarts);
    EXPECT_LE(uptime, steady.uptime.value());
    uptime = *steady.uptime;

    // After the first, each restart has waited a tenth of a second.
    EXPECT_LE(milliseconds(100) * crash.restarts, uptime + milliseconds(100));
    EXPECT_LE(crash.next_start.value_or(milliseconds(0)), milliseconds(100));
    EXPECT_LE(crash.early_exits, crash.restarts + 1);  // It has never lived long.
    EXPECT_GE(crash.early_exits, crash.restarts);
    EXPECT_GE(crash.since, milliseconds(0));
    EXPECT_GE(crash.early_since, milliseconds(0));

    if (!crash.last_exit) return;
    const auto ahead = crash.last_exit->at - std::chrono::system_clock::now();
    has_been_in_the_future |= ahead > 365 * hours(24);
    has_been_in_the_past |= ahead < -365 * hours(24);
  }
};

TEST_F(Clocks, AWallClockThatJumpsMovesNoRestartAndNoUptime) {
  write("gaffer.ini",
        section("steady", "sleep") +
            section("crash", "nap 20 exit 3", "backoff = base=0.1, cap=0.1, jitter=0"));
  test::Command gafferd = command("gafferd", {"-c", "gaffer.ini"});
  gafferd.environment["LD_PRELOAD"] = test::program("jumping_clock.so");
  gafferd.environment["ASAN_OPTIONS"] += ":verify_asan_link_order=0";
  start_gafferd_as(gafferd);
  Watched watched;
  EXPECT_TRUE(test::eventually([&] {
    const auto infos = test::ask_status(dir_.path("gaffer/gaffer.sock"));
    if (infos.size() != 2) return false;
    const ProcessInfo& crash = infos[1].processes.at(0);
    watched.look(infos[0].processes.at(0), crash);
    return HasFailure() ||
           (crash.restarts >= 10 && watched.has_been_in_the_future && watched.has_been_in_the_past);
  }));
  EXPECT_EQ(0, gaffer({"ps"}).status);
}

TEST_F(Clocks, AMachineThatHasBeenUpForTenYearsIsLikeAnyOther) {
  constexpr long kTenYears = 10L * 365 * 24 * 3600;
  const std::string offset = std::to_string(kTenYears);
  const std::vector<std::string> aged = {"/usr/bin/unshare", "-T",  "--boottime", offset,
                                         "--monotonic",      offset};
  // Who has just been made has the new clocks since Linux 6.3; earlier only children had them.
  test::Command uptime{.argv = aged};
  uptime.argv.insert(uptime.argv.end(), {"/bin/cat", "/proc/uptime"});
  const auto seconds = parse_number<long>(split(test::run(uptime).out, '.').at(0));
  if (seconds.value_or(0) < kTenYears) GTEST_SKIP() << "no time namespace can be had here";

  write("gaffer.ini", section("web", "daemon plain print ready sleep"));
  test::Command gafferd = command("gafferd", {"-c", "gaffer.ini"});
  gafferd.argv.insert(gafferd.argv.begin(), aged.begin(), aged.end());
  start_gafferd_as(gafferd);
  ASSERT_TRUE(wait_until_logged("web", "ready"));
  const ProcessInfo before = process("web");
  EXPECT_LT(before.uptime.value(), hours(1));
  ::kill(before.os_pid, SIGKILL);
  EXPECT_TRUE(test::eventually([&] {
    const ProcessInfo now = process("web");
    return now.state == ProcessState::Running && now.pid != before.pid;
  }));
  // With it goes who has left its group, which is told by the time at which he was born.
  EXPECT_EQ("web: 1 stopped\n", gaffer({"stop", "web"}).out);
  EXPECT_TRUE(test::eventually([this] { return marked() == std::vector<pid_t>{gafferd_->pid()}; }));
}

}  // namespace
}  // namespace gaffer
