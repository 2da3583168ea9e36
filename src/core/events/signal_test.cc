#include "core/events/signal.h"

#include <optional>
#include <string>

#include <gtest/gtest.h>

namespace gaffer {
namespace {

TEST(Signal, IsHeardInTheOrderOfSubscription) {
  Signal<int> signal;
  std::string heard;
  const auto first = signal.subscribe([&](int event) { heard += "a" + std::to_string(event); });
  const auto second = signal.subscribe([&](int event) { heard += "b" + std::to_string(event); });
  signal.emit(1);
  signal.emit(2);
  EXPECT_EQ("a1b1a2b2", heard);
}

TEST(Signal, IsNotHeardOnceTheSubscriptionIsDropped) {
  Signal<int> signal;
  int heard = 0;
  {
    const auto brief = signal.subscribe([&](int) { ++heard; });
  }
  signal.emit(1);
  EXPECT_EQ(0, heard);
}

TEST(Signal, AHandlerMayDismissItselfAndOthersWhileItRuns) {
  Signal<int> signal;
  std::string heard;
  std::optional<Subscription> other;
  std::optional<Subscription> self;
  self = signal.subscribe([&](int) {
    heard += "s";
    self.reset();
    other.reset();
    heard += "s";
  });
  other = signal.subscribe([&](int) { heard += "o"; });
  signal.emit(1);
  signal.emit(2);
  EXPECT_EQ("ss", heard);
}

TEST(Signal, ANewcomerHearsTheNextEvent) {
  Signal<int> signal;
  std::string heard;
  std::optional<Subscription> newcomer;
  const auto first = signal.subscribe([&](int) {
    if (!newcomer) newcomer = signal.subscribe([&](int event) { heard += std::to_string(event); });
  });
  signal.emit(1);
  signal.emit(2);
  EXPECT_EQ("2", heard);
}

TEST(Signal, AHandlerMayDestroyTheSignal) {
  auto signal = std::make_unique<Signal<int>>();
  int heard = 0;
  const auto first = signal->subscribe([&](int) {
    ++heard;
    signal.reset();
  });
  const auto second = signal->subscribe([&](int) { ++heard; });
  signal->emit(1);
  EXPECT_EQ(1, heard);
}

TEST(Signal, MayBeEmittedFromWithinAHandler) {
  Signal<int> signal;
  std::string heard;
  const auto first = signal.subscribe([&](int event) {
    heard += std::to_string(event);
    if (event > 0) signal.emit(event - 1);
  });
  signal.emit(2);
  EXPECT_EQ("210", heard);
}

}  // namespace
}  // namespace gaffer
