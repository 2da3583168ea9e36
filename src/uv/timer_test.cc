#include "uv/timer.h"

#include <memory>
#include <optional>

#include "support/loop_fixture.h"

namespace gaffer::uv {
namespace {

using std::chrono::milliseconds;
using TimerTest = test::LoopTest;

TEST_F(TimerTest, FiresOnceOnALaterTurn) {
  int fired = 0;
  Timer timer(loop_);
  timer.start(milliseconds(0), [&] { ++fired; });
  EXPECT_EQ(0, fired);
  loop_.run();
  EXPECT_EQ(1, fired);
  EXPECT_FALSE(timer.is_armed());
}

TEST_F(TimerTest, DoesNotFireOnceCancelled) {
  Timer timer(loop_);
  timer.start(milliseconds(0), [] { FAIL(); });
  timer.cancel();
  run_some_turns();
}

TEST_F(TimerTest, PromiseA_ADestroyedOwnerIsNeverCalled) {
  {
    Timer timer(loop_);
    timer.start(milliseconds(0), [] { FAIL(); });
  }
  run_some_turns();
}

TEST_F(TimerTest, PromiseB_TheClosureOutlivesItsOwnRun) {
  auto timer = std::make_optional<Timer>(loop_);
  auto witness = std::make_shared<int>(7);
  const std::weak_ptr<int> watch = witness;
  bool alive_after_destruction = false;
  timer->start(milliseconds(0), [&, held = std::move(witness)] {
    timer.reset();
    alive_after_destruction = !watch.expired() && *held == 7;
  });
  loop_.run();
  EXPECT_TRUE(alive_after_destruction);
  EXPECT_TRUE(watch.expired());
}

TEST_F(TimerTest, PromiseC_ItMayBeArmedAnewFromItsOwnCallback) {
  int fired = 0;
  Timer timer(loop_);
  timer.start(milliseconds(0), [&] {
    ++fired;
    timer.start(milliseconds(0), [&] { ++fired; });
  });
  loop_.run();
  EXPECT_EQ(2, fired);
}

TEST_F(TimerTest, TheOwnerMayBeMovedWhileArmed) {
  int fired = 0;
  Timer first(loop_);
  first.start(milliseconds(0), [&] { ++fired; });
  const Timer second = std::move(first);
  loop_.run();
  EXPECT_EQ(1, fired);
}

}  // namespace
}  // namespace gaffer::uv
