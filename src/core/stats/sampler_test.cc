#include "core/stats/sampler.h"

#include <sys/prctl.h>
#include <unistd.h>

#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "support/command.h"
#include "support/spawn_fixture.h"

namespace gaffer::stats {
namespace {

using std::chrono::seconds;

class SamplerTest : public test::SpawnFixture {
 protected:
  /// A puppet, once it has said so. It is killed in the end, with its group.
  pid_t start_ready(std::vector<std::string> verbs) {
    verbs.insert(verbs.begin(), {"print", "ready"});
    if (verbs.back() != "burn") {
      std::rotate(verbs.begin(), verbs.begin() + 2, verbs.end());
      verbs.emplace_back("sleep");
    }
    os::SpawnPlan plan = puppet(std::move(verbs));
    os::Pipe pipe = std::move(os::make_pipe().value());
    plan.stdio = {-1, pipe.write.get(), -1};
    children_.push_back(start(plan));
    EXPECT_TRUE(test::wait_readable(pipe.read.get()));
    return children_.back().pid();
  }
  const TemplateStats& look(const std::vector<pid_t>& pids) {
    std::vector<Subject> subjects;
    subjects.reserve(pids.size());
    for (const pid_t pid : pids)
      subjects.push_back({.os_pid = pid, .pid = static_cast<std::uint64_t>(pid), .slot = 1});
    world_.begin(now_ += seconds(1));
    sampler_.sample(world_, subjects, stats_);
    return stats_;
  }
  void end(pid_t pid) {
    ::kill(-pid, SIGKILL);
    for (const os::Child& child : children_) {
      if (child.pid() == pid) (void)wait_for(child);
    }
  }
  void TearDown() override {
    for (const os::Child& child : children_)
      ::kill(-child.pid(), SIGKILL);
  }

  // NOLINTBEGIN(cppcoreguidelines-non-private-member-variables-in-classes)
  std::vector<os::Child> children_;
  Moment now_{};
  Surroundings world_;
  TemplateSampler sampler_{{.io = true, .pss = true}};
  TemplateStats stats_{.name = "web"};
  // NOLINTEND(cppcoreguidelines-non-private-member-variables-in-classes)
};

TEST_F(SamplerTest, FindsZerosWhereNothingRuns) {
  const TemplateStats& stats = look({});
  EXPECT_EQ("web", stats.name);
  EXPECT_TRUE(stats.processes.empty());
  EXPECT_EQ(0,
            stats.cpu + stats.max_cpu + stats.min_cpu + stats.mem + stats.max_mem + stats.min_mem);
}

TEST_F(SamplerTest, KnowsNoShareOfAProcessorAtFirst) {
  const pid_t idle = start_ready({});
  EXPECT_EQ(std::nullopt, look({idle}).processes.at(0).cpu);
  EXPECT_TRUE(look({idle}).processes.at(0).cpu.has_value());
}

TEST_F(SamplerTest, ComputesTheShareFromTheTimeThatWasUsedBetweenTwoLooks) {
  const pid_t burning = start_ready({"burn"});
  auto before = look({burning}).processes.at(0).ctime.value();
  auto now = before;
  ASSERT_TRUE(test::eventually([&] {
    before = now;
    now = look({burning}).processes.at(0).ctime.value();
    return now > before;
  }));
  const std::chrono::duration<double> more = now - before;
  const ProcessStats& process = stats_.processes.at(0);
  EXPECT_NEAR(100 * more.count(), process.cpu.value(), 1e-6);  // One second of told time passed.
  EXPECT_EQ(process.cpu.value(), stats_.cpu);
}

TEST_F(SamplerTest, FillsInEverything) {
  const pid_t pid = start_ready({"hold", "20MB"});
  const ProcessStats& process = look({pid}).processes.at(0);
  EXPECT_EQ(pid, process.os_pid);
  EXPECT_GT(process.mem_info1.value(), 20U << 20);
  EXPECT_GT(process.mem_info2.value(), process.mem_info1.value());
  EXPECT_NEAR(
      100.0 * static_cast<double>(*process.mem_info1) / static_cast<double>(os::memory_bytes()),
      process.mem.value(), 1e-9);
  EXPECT_EQ(0, process.nice.value());
  EXPECT_EQ(1, process.threads.value());
  EXPECT_EQ(test::puppet() + " hold 20MB print ready sleep", process.cmdline.value());
  EXPECT_EQ(::geteuid() == 0 ? "root" : process.username.value(), process.username.value());
  EXPECT_GE(process.open_files.value(), 1U);
  EXPECT_TRUE(process.read_bytes.has_value());
  EXPECT_TRUE(process.written_bytes.has_value());
  EXPECT_GT(process.pss.value(), 20U << 20);
  EXPECT_TRUE(process.children.empty());
}

TEST_F(SamplerTest, AddsUpTheProcesses) {
  const pid_t small = start_ready({"hold", "1MB"});
  const pid_t large = start_ready({"hold", "40MB"});
  const TemplateStats& stats = look({small, large});
  EXPECT_EQ(stats.processes.at(0).mem, stats.min_mem);
  EXPECT_EQ(stats.processes.at(1).mem, stats.max_mem);
  EXPECT_DOUBLE_EQ(stats.min_mem + stats.max_mem, stats.mem);
}

TEST_F(SamplerTest, NestsChildrenAndCountsTheirMemoryToTheProcess) {
  const pid_t parent = start_ready({"hold", "10MB", "fork-and-hold", "plain"});
  const TemplateStats& stats = look({parent});
  const ProcessStats& process = stats.processes.at(0);
  ASSERT_EQ(1U, process.children.size());
  const ProcessStats& child = process.children.at(0);
  EXPECT_EQ(0U, child.pid);
  EXPECT_GT(child.mem_info1.value(), 0U);
  EXPECT_EQ(process.cmdline, child.cmdline);
  EXPECT_DOUBLE_EQ(*process.mem + *child.mem, stats.mem);
  EXPECT_EQ(2U, tree_usage(process).processes);
  EXPECT_TRUE(look({parent}).processes.at(0).children.at(0).cpu.has_value());
}

TEST_F(SamplerTest, ForgetsAChildThatHasEnded) {
  const pid_t parent = start_ready({"fork-and-hold", "plain"});
  const pid_t child = look({parent}).processes.at(0).children.at(0).os_pid;
  ::kill(child, SIGKILL);  // It stays a zombie, because its parent does not wait for it.
  EXPECT_TRUE(test::eventually([&] { return look({parent}).processes.at(0).children.empty(); }));
}

TEST_F(SamplerTest, FindsWhoWasLeftBehindWhereThisProgramIsASubreaper) {
  ASSERT_EQ(0, ::prctl(PR_SET_CHILD_SUBREAPER, 1));
  os::SpawnPlan plan =
      shell("(" + test::puppet() + " sleep & ) ; echo ready; exec " + test::puppet() + " sleep");
  os::Pipe pipe = std::move(os::make_pipe().value());
  plan.stdio = {-1, pipe.write.get(), -1};
  children_.push_back(start(plan));
  ASSERT_TRUE(test::wait_readable(pipe.read.get()));
  const pid_t leader = children_.back().pid();
  EXPECT_TRUE(test::eventually([&] {
    const auto& children = look({leader}).processes.at(0).children;
    return children.size() == 1 && children[0].cmdline == test::puppet() + " sleep";
  }));
  ::prctl(PR_SET_CHILD_SUBREAPER, 0);
}

TEST_F(SamplerTest, DropsAProcessThatIsGoneAndKeepsTheOthersApart) {
  const pid_t first = start_ready({"hold", "1MB"});
  const pid_t second = start_ready({"hold", "30MB"});
  (void)look({first, second});
  end(first);
  EXPECT_EQ(1U, look({first, second}).processes.size());
  EXPECT_EQ(second, stats_.processes.at(0).os_pid);
  EXPECT_GT(stats_.processes.at(0).mem_info1.value(), 30U << 20);
  const pid_t third = start_ready({"hold", "1MB"});
  (void)look({third, second});
  EXPECT_EQ(third, stats_.processes.at(0).os_pid);
  EXPECT_EQ(second, stats_.processes.at(1).os_pid);
  EXPECT_FALSE(stats_.processes.at(0).cpu.has_value());
  EXPECT_TRUE(stats_.processes.at(1).cpu.has_value());
}

}  // namespace
}  // namespace gaffer::stats
