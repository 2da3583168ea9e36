/// What processes use, as the programs tell it, beside what the kernel says.

#include "wire/stats.h"

#include <sys/socket.h>

#include <string>
#include <vector>

#include "support/daemon.h"
#include "support/http.h"
#include "support/real_process.h"

namespace gaffer {
namespace {

using test::Ended;
using test::section;

class Stats : public test::ProgramsTest {
 protected:
  [[nodiscard]] std::vector<TemplateStats> stats(std::vector<std::string> words) const {
    words.insert(words.begin(), {"stats", "--json"});
    const Ended ended = gaffer(std::move(words));
    EXPECT_EQ("", ended.err);
    auto parsed = wire::parse_stats_document(ended.out);
    if (parsed) return std::move(*parsed);
    ADD_FAILURE() << parsed.error().message;
    return {};
  }
  [[nodiscard]] net::Response ask(const std::string& target, const test::Sent& sent = {}) const {
    return test::http(os::connect_unix(dir_.path("gaffer/gaffer.sock")).value(), "GET " + target,
                      sent);
  }
  [[nodiscard]] std::size_t open_files_of_proc() const {
    const test::RealProcess daemon(gafferd_->pid());
    std::size_t count = 0;
    for (const std::string& number : daemon.descriptors())
      count += daemon.link("fd/" + number).starts_with("/proc/") ? 1 : 0;
    return count;
  }
};

TEST_F(Stats, AreWhatTheKernelSays) {
  start_gafferd_with(section("web", "hold 30MB print ready sleep", "nice = 3\n"));
  ASSERT_TRUE(wait_until_logged("web", "ready"));
  const auto all = stats({"web", "--io", "--pss"});
  ASSERT_EQ(1U, all.size());
  const ProcessStats& process = all.at(0).processes.at(0);
  const test::RealProcess real(process.os_pid);
  EXPECT_EQ(os_pids("web").at(0), process.os_pid);
  constexpr double kMebibyte = 1 << 20;
  EXPECT_NEAR(std::stod(real.status("VmRSS")) * 1024, static_cast<double>(*process.mem_info1),
              kMebibyte);
  EXPECT_EQ(std::stoull(real.status("VmSize")) * 1024, process.mem_info2);
  EXPECT_EQ(3, process.nice);
  EXPECT_EQ(real.descriptors().size(), process.open_files);
  EXPECT_EQ(test::puppet() + " hold 30MB print ready sleep", process.cmdline);
  EXPECT_LT(30 * kMebibyte, static_cast<double>(*process.pss));
}

TEST_F(Stats, ShowWhoKeepsAProcessorBusy) {
  start_gafferd_with(section("busy", "burn") + section("idle", "sleep"));
  const auto all = stats({"-r", "0.3"});
  EXPECT_LT(1, all.at(0).cpu);
  EXPECT_EQ(all.at(0).cpu, all.at(0).max_cpu);
  EXPECT_GT(1, all.at(1).cpu);
}

TEST_F(Stats, HaveWhoAProcessHasStartedBelowIt) {
  start_gafferd_with(section("web", "fork-and-hold plain daemon plain print ready sleep"));
  ASSERT_TRUE(wait_until_logged("web", "ready"));
  const ProcessStats web = stats({"web"}).at(0).processes.at(0);
  ASSERT_FALSE(web.children.empty());
  EXPECT_EQ(std::to_string(web.os_pid),
            test::RealProcess(web.children.at(0).os_pid).status("PPid"));
  // Who left by a double fork is known where processes have cgroups of their own.
  const bool has_own_cgroup =
      test::RealProcess(web.os_pid).cgroup() != test::RealProcess(gafferd_->pid()).cgroup();
  EXPECT_EQ(has_own_cgroup ? 2U : 1U, web.children.size());
  const std::string tree = gaffer({"stats", "-t", "web"}).out;
  EXPECT_NE(std::string::npos, tree.find("\n         ")) << tree;
  EXPECT_NE(std::string::npos, gaffer({"stats", "web"}).out.find(" below)\n"));
}

TEST_F(Stats, AreAnEmptyListWhereNothingRuns) {
  start_gafferd_with(section("off", "sleep", "start = false\n"));
  const auto all = stats({"off"});
  EXPECT_TRUE(all.at(0).processes.empty());
  EXPECT_EQ(0, all.at(0).cpu + all.at(0).mem);
  EXPECT_EQ(1, std::ranges::count(gaffer({"stats"}).out, '\n'));  // The head alone.
}

TEST_F(Stats, OfSeveralTargetsAreTheirsAlone) {
  start_gafferd_with(section("web", "sleep", "numprocesses = 2\n") + section("db", "sleep") +
                     section("other", "sleep"));
  const std::string table = gaffer({"stats", "web.2", "db"}).out;
  EXPECT_NE(std::string::npos, table.find("web.2 "));
  EXPECT_NE(std::string::npos, table.find("db.1 "));
  EXPECT_EQ(std::string::npos, table.find("web.1 "));
  EXPECT_EQ(std::string::npos, table.find("other"));
}

TEST_F(Stats, RefuseWhatIsNotThereOrMakesNoSense) {
  start_gafferd_with(section("web", "sleep"));
  const Ended nobody = gaffer({"stats", "nobody"});
  EXPECT_EQ(3, nobody.status);
  EXPECT_EQ("gaffer: no template nobody\n", nobody.err);
  EXPECT_EQ(3, gaffer({"stats", "web", "nobody"}).status);
  for (const char* refresh : {"0", "0.001", "3601", "x", "-1", "nan"}) {
    const Ended ended = gaffer({"stats", "-r", refresh});
    EXPECT_EQ(2, ended.status);
    EXPECT_EQ(
        "gaffer: --refresh is \"" + std::string(refresh) + "\": it must be seconds, 0.01 to 3600\n",
        ended.err);
  }
  EXPECT_EQ(404, ask("/stats/nobody").status);
  EXPECT_EQ(400, ask("/stats?refresh=0.001").status);
  EXPECT_EQ(400, ask("/stats?refresh=soon").status);
  EXPECT_EQ(400, ask("/stats?feed=none").status);
}

TEST_F(Stats, GoOnUntilNobodyListensAndThenNothingIsOpen) {
  start_gafferd_with(section("web", "sleep"));
  EXPECT_EQ(0U, open_files_of_proc());
  {
    test::Program watching(command("gaffer", {"stats", "-w", "-r", "0.02", "--json"}));
    ASSERT_TRUE(watching.wait_until([&] { return std::ranges::count(watching.out(), '\n') >= 3; }));
    EXPECT_LT(0U, open_files_of_proc());
  }
  EXPECT_TRUE(test::eventually([&] { return open_files_of_proc() == 0; }));
}

TEST_F(Stats, AreMetricsOfEachSlot) {
  start_gafferd_with(section("web", "hold 5MB sleep"));
  const std::string metrics = ask("/metrics").body;
  constexpr std::string_view kKey =
      R"(gaffer_process_resident_memory_bytes{template="web",slot="1"} )";
  const auto at = metrics.find(kKey);
  ASSERT_NE(std::string::npos, at) << metrics;
  EXPECT_LT(0U, std::stoull(metrics.substr(at + kKey.size())));
  EXPECT_NE(std::string::npos,
            metrics.find(R"(gaffer_process_cpu_seconds_total{template="web",slot="1"} )"));
}

}  // namespace
}  // namespace gaffer
