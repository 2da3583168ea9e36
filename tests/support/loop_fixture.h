#pragma once

#include <chrono>
#include <functional>

#include <gtest/gtest.h>

#include "uv/loop.h"
#include "uv/timer.h"

namespace gaffer::test {

/// A test with a loop. The loop aborts in the end if anything on it was left open.
class LoopTest : public testing::Test {
 protected:
  /// Runs the loop until the condition holds; false if it does not within five seconds.
  bool run_until(const std::function<bool()>& condition) {
    bool late = false;
    uv::Timer deadline(loop_);
    deadline.start(std::chrono::seconds(5 * kSlowness), [&late] { late = true; });
    while (!condition() && !late) {
      loop_.run_once();
    }
    return condition();
  }

  /// Gives everything that is due already its chance, and a few turns more, to show that something
  /// does not happen.
  void run_some_turns() {
    for (int turn = 0; turn < 5; ++turn) {
      loop_.poll();
    }
  }

  uv::Loop loop_ = std::move(uv::Loop::create().value());  // NOLINT

 private:
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  static constexpr int kSlowness = 4;
#else
  static constexpr int kSlowness = 1;
#endif
};

}  // namespace gaffer::test
