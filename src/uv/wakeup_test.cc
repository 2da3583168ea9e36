#include "uv/wakeup.h"

#include <memory>
#include <optional>
#include <thread>
#include <vector>

#include "support/loop_fixture.h"

namespace gaffer::uv {
namespace {

using WakeupTest = test::LoopTest;

TEST_F(WakeupTest, RunsWhatOtherThreadsPostInTheirOrder) {
  constexpr int kEach = 1000;
  Wakeup wakeup(loop_);
  std::vector<int> last(4, -1);
  int ran = 0;
  std::vector<std::thread> threads;
  threads.reserve(last.size());
  for (int& last_of_thread : last) {
    threads.emplace_back([&] {
      for (int i = 0; i < kEach; ++i) {
        wakeup.post([&, i] {
          EXPECT_EQ(last_of_thread + 1, i);
          last_of_thread = i;
          ++ran;
        });
      }
    });
  }
  EXPECT_TRUE(run_until([&] { return ran == 4 * kEach; }));
  for (std::thread& thread : threads)
    thread.join();
}

TEST_F(WakeupTest, PromiseA_ADestroyedOwnerCallsNothing) {
  {
    Wakeup wakeup(loop_);
    wakeup.post([] { FAIL(); });
  }
  run_some_turns();
}

TEST_F(WakeupTest, PromiseB_TheClosureOutlivesItsOwnRun) {
  auto wakeup = std::make_optional<Wakeup>(loop_);
  auto witness = std::make_shared<int>(7);
  bool alive_after_destruction = false;
  wakeup->post([&, held = std::move(witness)] {
    wakeup.reset();
    alive_after_destruction = *held == 7;
  });
  wakeup->post([] { FAIL(); });
  EXPECT_TRUE(run_until([&] { return alive_after_destruction; }));
  run_some_turns();
}

TEST_F(WakeupTest, PromiseC_PostingFromAPostedFunctionIsAllowed) {
  Wakeup wakeup(loop_);
  bool second = false;
  wakeup.post([&] { wakeup.post([&] { second = true; }); });
  EXPECT_TRUE(run_until([&] { return second; }));
}

TEST_F(WakeupTest, LetsTheLoopEndWhenAskedTo) {
  Wakeup wakeup(loop_);
  wakeup.keep_loop_alive(false);
  loop_.run();
}

}  // namespace
}  // namespace gaffer::uv
