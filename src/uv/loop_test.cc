#include "uv/loop.h"

#include <uv.h>

#include <gtest/gtest.h>

#include "uv/timer.h"

namespace gaffer::uv {
namespace {

TEST(Loop, EndsWhenNothingIsLeftToWaitFor) {
  Loop loop;
  const Timer idle(loop);
  loop.run();
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
  Loop loop;
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
        auto loop = std::make_unique<Loop>();
        const Timer leaked(*loop);
        loop.reset();
      },
      "a timer handle is still open");
}

}  // namespace
}  // namespace gaffer::uv
