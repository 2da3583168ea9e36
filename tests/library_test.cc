/// The library as a host sees it: its own loop, its own children, the public headers alone.

#include <uv.h>

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

}  // namespace
}  // namespace gaffer
