#include "uv/loop.h"

#include <sys/resource.h>
#include <uv.h>

#include <utility>

#include <gtest/gtest.h>

#include "uv/timer.h"

namespace gaffer::uv {
namespace {

TEST(Loop, EndsWhenNothingIsLeftToWaitFor) {
  Loop loop = std::move(Loop::create().value());
  const Timer idle(loop);
  loop.run();
}

TEST(Loop, IsRefusedWhereThereAreNoDescriptorsForIt) {
  rlimit before{};
  ASSERT_EQ(0, ::getrlimit(RLIMIT_NOFILE, &before));
  const rlimit few{.rlim_cur = 1, .rlim_max = before.rlim_max};
  ASSERT_EQ(0, ::setrlimit(RLIMIT_NOFILE, &few));
  const auto loop = Loop::create();
  ASSERT_EQ(0, ::setrlimit(RLIMIT_NOFILE, &before));
  ASSERT_FALSE(loop.has_value());
  EXPECT_EQ(Errc::LimitReached, loop.error().code);
  EXPECT_EQ("cannot make an event loop: too many open files", loop.error().message);
}

TEST(Loop, RunsOnTheHostsLoopAndLeavesItAlone) {
  uv_loop_t host;
  ASSERT_EQ(0, uv_loop_init(&host));
  bool fired = false;
  {
    Loop loop(&host);
    Timer timer(loop);
    timer.start(std::chrono::milliseconds(0), [&] { fired = true; });
    uv_run(&host, UV_RUN_DEFAULT);
  }
  EXPECT_TRUE(fired);
  uv_run(&host, UV_RUN_DEFAULT);
  EXPECT_EQ(0, uv_loop_close(&host));
}

TEST(Loop, StopEndsTheRunWithHandlesStillActive) {
  Loop loop = std::move(Loop::create().value());
  Timer far(loop);
  far.start(std::chrono::hours(1), [] {});
  Timer now(loop);
  now.start(std::chrono::milliseconds(0), [&] { loop.stop(); });
  loop.run();
  EXPECT_TRUE(far.is_armed());
}

TEST(LoopDeathTest, AbortsOnAHandleThatWasLeftOpen) {
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  EXPECT_DEATH(
      {
        auto loop = std::make_unique<Loop>(std::move(Loop::create().value()));
        const Timer leaked(*loop);
        loop.reset();
      },
      "a timer handle is still open");
}

}  // namespace
}  // namespace gaffer::uv
