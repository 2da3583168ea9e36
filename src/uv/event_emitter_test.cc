#include "gaffer/event_emitter.h"

#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "support/loop_fixture.h"

namespace gaffer {
namespace {

class EventEmitterTest : public test::LoopTest {
 protected:
  using Emitter = EventEmitter<int>;

  /// Notes `LABEL:name=message`.
  Emitter::Handler note(const std::string& label = "") {
    return [this, label](std::string_view name, int message) {
      heard_.push_back(label + std::string(name) + "=" + std::to_string(message));
    };
  }
  std::vector<std::string> take() {
    run_some_turns();
    return std::exchange(heard_, {});
  }

  using Heard = std::vector<std::string>;
  // NOLINTBEGIN
  std::optional<Emitter> emitter_{loop_.raw()};
  Heard heard_;
  // NOLINTEND
};

TEST_F(EventEmitterTest, BringsMessagesInTheOrderOfTheirPublication) {
  const auto a = emitter_->subscribe("a", note());
  emitter_->publish("a", 1);
  emitter_->publish("a", 2);
  EXPECT_TRUE(heard_.empty());  // Never from within the call.
  EXPECT_EQ((Heard{"a=1", "a=2"}), take());
}

TEST_F(EventEmitterTest, WhoHearsANameHearsAllBelowIt) {
  const auto a = emitter_->subscribe("a", note("a:"));
  const auto ab = emitter_->subscribe("a.b", note("ab:"));
  emitter_->publish("a.b.c", 1);
  emitter_->publish("a", 2);
  emitter_->publish("ab", 3);
  EXPECT_EQ((Heard{"a:a.b.c=1", "ab:a.b.c=1", "a:a=2"}), take());
}

TEST_F(EventEmitterTest, ADotHearsEverythingOnce) {
  const auto all = emitter_->subscribe(".", note(".:"));
  const auto ab = emitter_->subscribe("a.b", note("ab:"));
  const auto dotted = emitter_->subscribe("a.b.", note("ab.:"));
  emitter_->publish("a.b", 1);
  EXPECT_EQ((Heard{".:a.b=1", "ab:a.b=1", "ab.:a.b=1"}), take());
}

TEST_F(EventEmitterTest, AMessageOfSeveralNamesIsHeardOnce) {
  const auto exit = emitter_->subscribe("exit", note("exit:"));
  const auto web = emitter_->subscribe("proc.web", note("web:"));
  const auto proc = emitter_->subscribe("proc", note("proc:"));
  emitter_->publish_as({"exit", "proc.web.exit", "proc.7.exit"}, 1);
  EXPECT_EQ((Heard{"exit:exit=1", "web:proc.web.exit=1", "proc:proc.web.exit=1"}), take());
}

TEST_F(EventEmitterTest, ListenersAreCalledInTheOrderOfTheirSubscription) {
  const auto narrow = emitter_->subscribe("a.b", note("1:"));
  const auto wide = emitter_->subscribe(".", note("2:"));
  const auto middle = emitter_->subscribe("a", note("3:"));
  emitter_->publish("a.b", 0);
  EXPECT_EQ((Heard{"1:a.b=0", "2:a.b=0", "3:a.b=0"}), take());
}

TEST_F(EventEmitterTest, OnceIsOnce) {
  const auto once = emitter_->subscribe_once("a", note());
  emitter_->publish("a", 1);
  emitter_->publish("a", 2);
  EXPECT_EQ((Heard{"a=1"}), take());
}

TEST_F(EventEmitterTest, NothingIsHeardAfterASubscriptionHasEnded) {
  auto a = emitter_->subscribe("a", note("1:"));
  auto b = emitter_->subscribe("a", note("2:"));
  emitter_->publish("a", 1);
  a.unsubscribe();
  b = {};
  EXPECT_EQ(Heard{}, take());
}

TEST_F(EventEmitterTest, WhoSubscribesHearsWhatIsPublishedAfterwards) {
  run_some_turns();
  emitter_->publish("a", 1);
  const auto a = emitter_->subscribe("a", note());
  emitter_->publish("a", 2);
  EXPECT_EQ((Heard{"a=2"}), take());
}

TEST_F(EventEmitterTest, WhatAHandlerPublishesComesInTheNextTurn) {
  const auto a = emitter_->subscribe("a", [&](std::string_view, int message) {
    heard_.push_back(std::to_string(message));
    if (message < 3) emitter_->publish("a", message + 1);
  });
  emitter_->publish("a", 1);
  loop_.poll();
  EXPECT_EQ((Heard{"1"}), heard_);
  EXPECT_EQ((Heard{"1", "2", "3"}), take());
}

TEST_F(EventEmitterTest, AHandlerMayEndItsOwnSubscriptionAndOthers) {
  std::optional<Subscription> other;
  std::optional<Subscription> self;
  auto witness = std::make_shared<int>(7);
  const std::weak_ptr<int> is_there = witness;
  self = emitter_->subscribe("a", [&, held = std::move(witness)](std::string_view, int) {
    self.reset();
    other.reset();
    heard_.push_back(std::to_string(*held));
  });
  other = emitter_->subscribe("a", note("other:"));
  emitter_->publish("a", 1);
  emitter_->publish("a", 2);
  EXPECT_EQ((Heard{"7"}), take());
  EXPECT_TRUE(is_there.expired());
}

TEST_F(EventEmitterTest, AHandlerThatSubscribesHasItsOwnMessageNotHeardAgain) {
  std::vector<Subscription> more;
  const auto a = emitter_->subscribe(
      "a", [&](std::string_view, int) { more.push_back(emitter_->subscribe("a", note())); });
  emitter_->publish("a", 1);
  emitter_->publish("a", 2);
  EXPECT_EQ(Heard{}, take());
  emitter_->publish("a", 3);
  EXPECT_EQ((Heard{"a=3", "a=3"}), take());
}

TEST_F(EventEmitterTest, AHandlerMayDestroyTheEmitter) {
  const auto first = emitter_->subscribe("a", [&](std::string_view, int) {
    heard_.emplace_back("last");
    emitter_.reset();
  });
  const auto second = emitter_->subscribe("a", note());
  emitter_->publish("a", 1);
  emitter_->publish("a", 2);
  EXPECT_EQ((Heard{"last"}), take());
}

TEST_F(EventEmitterTest, ASubscriptionMayOutliveItsEmitter) {
  auto a = emitter_->subscribe("a", note());
  emitter_.reset();
  a.unsubscribe();
  EXPECT_EQ(Heard{}, take());
}

TEST_F(EventEmitterTest, AFullQueueRefuses) {
  Emitter small(loop_.raw(), 2);
  const auto a = small.subscribe("a", note());
  EXPECT_TRUE(small.publish("a", 1));
  EXPECT_TRUE(small.publish("a", 2));
  EXPECT_FALSE(small.publish("a", 3));
  EXPECT_EQ((Heard{"a=1", "a=2"}), take());
  EXPECT_TRUE(small.publish("a", 4));
  EXPECT_TRUE(small.publish("a", 5));
  EXPECT_FALSE(small.publish("a", 6));
  EXPECT_EQ((Heard{"a=4", "a=5"}), take());
}

TEST_F(EventEmitterTest, WhatWasPublishedBeforeTheLoopRanKeepsItRunning) {
  const auto a = emitter_->subscribe("a", note());
  emitter_->publish("a", 1);
  loop_.run();  // Returns, because nothing else is left.
  EXPECT_EQ((Heard{"a=1"}), heard_);
  emitter_->publish("a", 2);
  loop_.run();
  EXPECT_EQ((Heard{"a=1", "a=2"}), heard_);
}

TEST_F(EventEmitterTest, OtherThreadsPublishAndSubscribeAndNothingIsLost) {
  constexpr int kThreads = 8;
  constexpr int kEach = 100'000;
  std::vector<int> next(kThreads, 0);
  int heard = 0;
  int own = 0;
  const auto all = emitter_->subscribe("t", [&](std::string_view, int message) {
    const auto thread = static_cast<std::size_t>(message) / kEach;
    EXPECT_EQ(next[thread]++, message % kEach);
    ++heard;
    if (message % 1000 == 0) emitter_->publish("own", ++own);
  });
  std::atomic<int> heard_by_guests{0};
  std::vector<std::thread> threads;
  threads.reserve(kThreads);
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      const std::string name = "t." + std::to_string(thread);
      for (int i = 0; i < kEach; ++i) {
        if (i % 1000 == 0) {
          const auto guest =
              emitter_->subscribe(name, [&](std::string_view, int) { ++heard_by_guests; });
          std::this_thread::yield();
        }
        while (!emitter_->publish(name, thread * kEach + i))
          std::this_thread::yield();
      }
    });
  }
  EXPECT_TRUE(run_until([&] { return heard == kThreads * kEach; }));
  for (std::thread& thread : threads)
    thread.join();
  EXPECT_EQ(kThreads * kEach / 1000, own);
}

}  // namespace
}  // namespace gaffer
