#include "uv/pool.h"

#include <algorithm>
#include <future>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "support/loop_fixture.h"

namespace gaffer::uv {
namespace {

class PoolTest : public test::LoopTest {
 protected:
  Pool pool_{loop_};  // NOLINT
};

TEST_F(PoolTest, WorksOnAnotherThreadAndAnswersOnTheLoop) {
  std::optional<std::thread::id> worked_on;
  const auto ticket = pool_.run(
      "a", [] { return std::this_thread::get_id(); },
      [&](std::thread::id thread) { worked_on = thread; });
  EXPECT_TRUE(run_until([&] { return worked_on.has_value(); }));
  EXPECT_NE(std::this_thread::get_id(), *worked_on);
}

TEST_F(PoolTest, OneLaneKeepsItsOrder) {
  std::vector<int> order;
  std::vector<Pool::Ticket> tickets;
  tickets.reserve(50);
  for (int number = 0; number < 50; ++number) {
    tickets.push_back(pool_.run(
        "a", [number] { return number; }, [&](int done) { order.push_back(done); }));
  }
  EXPECT_TRUE(run_until([&] { return order.size() == 50; }));
  EXPECT_TRUE(std::ranges::is_sorted(order));
}

TEST_F(PoolTest, ALaneThatHangsHoldsNoOther) {
  std::promise<void> release;
  const auto is_released = release.get_future().share();
  bool first = false;
  bool second = false;
  bool other = false;
  const auto hang = [is_released] {
    is_released.wait();
    return 0;
  };
  const auto a = pool_.run("a", hang, [&](int) { first = true; });
  const auto b = pool_.run(
      "a", [] { return 0; }, [&](int) { second = true; });
  const auto c = pool_.run(
      "b", [] { return 0; }, [&](int) { other = true; });
  EXPECT_TRUE(run_until([&] { return other; }));
  EXPECT_FALSE(first || second);
  release.set_value();
  EXPECT_TRUE(run_until([&] { return first && second; }));
}

TEST_F(PoolTest, PromiseA_ADroppedTicketIsNotAnsweredAndItsWorkNotBegun) {
  std::promise<void> release;
  const auto is_released = release.get_future().share();
  bool has_begun = false;
  bool last = false;
  auto first = pool_.run(
      "a",
      [is_released] {
        is_released.wait();
        return 0;
      },
      [](int) { FAIL(); });
  auto second = pool_.run(
      "a",
      [&has_begun] {
        has_begun = true;
        return 0;
      },
      [](int) { FAIL(); });
  const auto third = pool_.run(
      "a", [] { return 0; }, [&](int) { last = true; });
  first = {};
  second = {};
  release.set_value();
  EXPECT_TRUE(run_until([&] { return last; }));
  EXPECT_FALSE(has_begun);
}

TEST_F(PoolTest, PromiseC_AnAnswerMayDropItsTicketAndAskAgain) {
  Pool::Ticket ticket;
  bool again = false;
  ticket = pool_.run(
      "a", [] { return 0; },
      [&](int) {
        ticket = pool_.run(
            "a", [] { return 0; }, [&](int) { again = true; });
      });
  EXPECT_TRUE(run_until([&] { return again; }));
}

TEST_F(PoolTest, MayGoBeforeItsWorkIsDone) {
  Pool::Ticket ticket;
  {
    Pool pool(loop_);
    ticket = pool.run(
        "a", [] { return 0; }, [](int) {});
    (void)pool.run(
        "a", [] { return 0; }, [](int) { FAIL(); });
  }
  loop_.run();
}

}  // namespace
}  // namespace gaffer::uv
