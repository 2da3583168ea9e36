#include "core/policy/flapping.h"

#include <random>
#include <vector>

#include <gtest/gtest.h>

namespace gaffer::policy {
namespace {

using std::chrono::milliseconds;
using enum FlappingVerdict;

Moment at(long ms) { return Moment(milliseconds(ms)); }

/// A template with these settings, driven by hand.
class Driven {
 public:
  explicit Driven(Flapping settings) : settings_(settings) {
    flapping_restarted(history_, RestartedBy::Hand, at(0));
  }
  FlappingVerdict exit(long ms) { return flapping_after(settings_, history_, at(ms)); }
  void pause_ended(long ms) { flapping_restarted(history_, RestartedBy::Pause, at(ms)); }
  void started(long ms) { flapping_restarted(history_, RestartedBy::Hand, at(ms)); }

 private:
  Flapping settings_;
  FlappingHistory history_;
};

TEST(Flapping, IsAttemptsExitsWithinTheWindow) {
  Driven web({.attempts = 3});
  EXPECT_EQ(GoOn, web.exit(0));
  EXPECT_EQ(GoOn, web.exit(500));
  EXPECT_EQ(Pause, web.exit(1000));
}

TEST(Flapping, ForgetsExitsOutsideTheWindow) {
  Driven web({.attempts = 3});
  EXPECT_EQ(GoOn, web.exit(0));
  EXPECT_EQ(GoOn, web.exit(500));
  EXPECT_EQ(GoOn, web.exit(1001));
  EXPECT_EQ(Pause, web.exit(1500));
}

TEST(Flapping, GivesUpAfterMaxRetryRoundsInARow) {
  Driven web({.attempts = 1, .max_retry = 2});
  EXPECT_EQ(Pause, web.exit(10));
  web.pause_ended(7010);
  EXPECT_EQ(Pause, web.exit(7020));
  web.pause_ended(14020);
  EXPECT_EQ(GiveUp, web.exit(14030));
}

TEST(Flapping, ARoundThatOutlivesTheWindowClearsTheCount) {
  Driven web({.attempts = 1, .max_retry = 1});
  EXPECT_EQ(Pause, web.exit(10));
  web.pause_ended(7010);
  EXPECT_EQ(Pause, web.exit(8011));
  web.pause_ended(15011);
  EXPECT_EQ(GiveUp, web.exit(15012));
}

TEST(Flapping, AStartByHandForgetsEverything) {
  Driven web({.attempts = 2, .max_retry = 0});
  EXPECT_EQ(GoOn, web.exit(10));
  web.started(20);
  EXPECT_EQ(GoOn, web.exit(30));
  EXPECT_EQ(GiveUp, web.exit(40));
}

/// The same rule, told slowly: keeps everything and looks at all of it each time.
class Model {
 public:
  explicit Model(Flapping settings) : settings_(settings) {}

  FlappingVerdict exit(Moment now) {
    exits_.push_back(now);
    if (now - round_began_ > settings_.window) rounds_ = 0;
    int recent = 0;
    for (const Moment exit : exits_)
      recent += exit >= round_began_ && now - exit <= settings_.window ? 1 : 0;
    if (recent < settings_.attempts) return GoOn;
    exits_.clear();
    if (rounds_ >= settings_.max_retry) return GiveUp;
    ++rounds_;
    return Pause;
  }
  void restarted(RestartedBy by, Moment now) {
    exits_.clear();
    round_began_ = now;
    if (by == RestartedBy::Hand) rounds_ = 0;
  }

 private:
  Flapping settings_;
  std::vector<Moment> exits_;
  Moment round_began_{};
  int rounds_ = 0;
};

TEST(Flapping, AgreesWithTheSlowModelOverRandomHistories) {
  std::minstd_rand random(20261122);
  const auto draw = [&](int below) {
    return static_cast<int>(random() % static_cast<unsigned>(below));
  };
  for (int history = 0; history < 100'000; ++history) {
    const Flapping settings{.attempts = 1 + draw(4),
                            .window = milliseconds(1 + draw(100)),
                            .retry_in = milliseconds(draw(200)),
                            .max_retry = draw(4)};
    FlappingHistory remembered;
    Model model(settings);
    Moment now{};
    for (int step = 0; step < 20; ++step) {
      now += milliseconds(draw(2 * draw(60) + 1));
      const FlappingVerdict verdict = flapping_after(settings, remembered, now);
      ASSERT_EQ(model.exit(now), verdict) << "history " << history << ", step " << step;
      if (verdict == GoOn) continue;
      now += settings.retry_in;
      const RestartedBy by =
          verdict == Pause && draw(5) > 0 ? RestartedBy::Pause : RestartedBy::Hand;
      flapping_restarted(remembered, by, now);
      model.restarted(by, now);
    }
  }
}

}  // namespace
}  // namespace gaffer::policy
