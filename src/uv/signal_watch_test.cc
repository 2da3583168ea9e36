#include "uv/signal_watch.h"

#include <signal.h>

#include <memory>

#include "support/loop_fixture.h"

namespace gaffer::uv {
namespace {

using SignalWatchTest = test::LoopTest;

TEST_F(SignalWatchTest, HearsASignalOnTheLoop) {
  int heard = 0;
  const SignalWatch watch(loop_, SIGUSR1, [&] { ++heard; });
  raise(SIGUSR1);
  EXPECT_EQ(0, heard);
  EXPECT_TRUE(run_until([&] { return heard == 1; }));
}

TEST_F(SignalWatchTest, PromiseA_ADestroyedOwnerIsNeverCalled) {
  {
    const SignalWatch watch(loop_, SIGUSR1, [] { FAIL(); });
    raise(SIGUSR1);
  }
  run_some_turns();
}

TEST_F(SignalWatchTest, PromiseBC_ItMayBeDestroyedFromItsOwnCallback) {
  auto witness = std::make_shared<int>(7);
  bool alive_after_destruction = false;
  std::unique_ptr<SignalWatch> watch;
  watch = std::make_unique<SignalWatch>(loop_, SIGUSR1, [&, held = std::move(witness)] {
    watch.reset();
    alive_after_destruction = *held == 7;
  });
  raise(SIGUSR1);
  EXPECT_TRUE(run_until([&] { return alive_after_destruction; }));
}

}  // namespace
}  // namespace gaffer::uv
