/// The library as a host sees it: its own loop, its own children, the public headers alone.

#include <uv.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "gaffer/manager.h"

namespace gaffer {
namespace {

TEST(Host, TwoManagersOnTheHostsLoopDoNotTouchItsChildren) {
  uv_loop_t loop;
  ASSERT_EQ(0, uv_loop_init(&loop));
  struct Child {
    uv_process_t handle{};
    bool has_exited = false;
  } child;
  {
    auto one = Manager::create(&loop).value();
    auto two = Manager::create(&loop).value();
    ASSERT_TRUE(one->start().has_value());
    ASSERT_TRUE(two->start().has_value());
    ASSERT_TRUE(one->add({.name = "web", .cmd = "sleep 100"}).has_value());
    ASSERT_TRUE(two->add({.name = "web", .cmd = "sleep 100"}).has_value());
    std::string program = "true";
    std::vector<char*> words{program.data(), nullptr};
    uv_process_options_t options{};
    options.file = program.c_str();
    options.args = words.data();
    options.exit_cb = [](uv_process_t* handle, int64_t, int) {
      static_cast<Child*>(handle->data)->has_exited = true;
      uv_close(reinterpret_cast<uv_handle_t*>(handle), nullptr);
    };
    child.handle.data = &child;
    ASSERT_EQ(0, uv_spawn(&loop, &child.handle, &options));
    one->stop();
    two->stop();
    uv_run(&loop, UV_RUN_DEFAULT);
    EXPECT_TRUE(one->running().empty());
    EXPECT_TRUE(two->running().empty());
  }
  EXPECT_TRUE(child.has_exited);
  uv_run(&loop, UV_RUN_DEFAULT);
  EXPECT_EQ(0, uv_loop_close(&loop));
}

TEST(Host, HearsWhatTheProcessesOfATemplateUseAlsoOnesThatAreStartedLater) {
  auto manager = Manager::create().value();
  ASSERT_TRUE(manager->start().has_value());
  ASSERT_TRUE(manager->add({.name = "web", .cmd = "sleep 100"}).has_value());
  const auto often = std::chrono::milliseconds(10);
  std::size_t most = 0;
  std::size_t alone = 0;
  auto all = manager->monitor("web",
                              [&](std::string_view event, const std::vector<TemplateStats>& stats) {
                                EXPECT_EQ("STATS", event);
                                const auto& processes = stats.at(0).processes;
                                if (processes.size() == 1 && most == 0)
                                  (void)manager->scale("web", "=2");
                                most = std::max(most, processes.size());
                                for (const ProcessStats& process : processes)
                                  EXPECT_LT(0U, process.mem_info1.value());
                                if (most == 2 && alone > 0) manager->stop();
                              },
                              {.refresh = often});
  ASSERT_TRUE(all.has_value());
  auto one = manager->monitor("1",
                              [&](auto /*event*/, const std::vector<TemplateStats>& stats) {
                                if (stats.empty() || stats.at(0).processes.empty())
                                  return;  // It has ended.
                                EXPECT_EQ(1U, stats.at(0).processes.size());
                                EXPECT_EQ(1U, stats.at(0).processes.at(0).pid);
                                ++alone;
                              },
                              {.refresh = often});
  ASSERT_TRUE(one.has_value());
  EXPECT_EQ(Errc::NotFound, manager->monitor("nobody", nullptr).error().code);
  EXPECT_EQ(Errc::NotFound, manager->stats("nobody").error().code);
  ASSERT_TRUE(manager->run().has_value());
  EXPECT_EQ(2U, most);
  EXPECT_LT(0U, alone);
}

}  // namespace
}  // namespace gaffer
