#include "uv/turn_line.h"

#include <string>

#include "support/fake_clock.h"
#include "support/loop_fixture.h"

namespace gaffer::uv {
namespace {

using std::chrono::milliseconds;

class TurnLineTest : public test::LoopTest {
 protected:
  TurnLine::Place wait(const std::string& name, milliseconds takes = milliseconds(0)) {
    return line_.wait([this, name, takes] {
      served_ += name;
      clock_.advance(takes);
    });
  }
  // NOLINTBEGIN(cppcoreguidelines-non-private-member-variables-in-classes)
  test::FakeClock clock_;
  TurnLine line_{loop_, clock_, milliseconds(20)};
  std::string served_;
  // NOLINTEND(cppcoreguidelines-non-private-member-variables-in-classes)
};

TEST_F(TurnLineTest, IsFreeUntilTheTimeOfATurnIsUsedUp) {
  EXPECT_TRUE(line_.is_free());
  clock_.advance(milliseconds(20));
  EXPECT_FALSE(line_.is_free());
  EXPECT_TRUE(run_until([this] { return line_.is_free(); }));
}

TEST_F(TurnLineTest, ServesInTheOrderInWhichTheyCame) {
  const auto a = wait("a");
  const auto b = wait("b");
  EXPECT_FALSE(line_.is_free()) << "who comes now is not before them";
  const auto c = wait("c");
  EXPECT_EQ("", served_);
  EXPECT_TRUE(run_until([this] { return served_ == "abc"; }));
}

TEST_F(TurnLineTest, ServesNobodyWhoHasLeft) {
  const auto a = wait("a");
  auto b = wait("b");
  const auto c = wait("c");
  b.reset();
  EXPECT_TRUE(run_until([this] { return served_ == "ac"; })) << served_;
}

TEST_F(TurnLineTest, ServesNoMoreInATurnThanThereIsTimeFor) {
  const auto a = wait("a", milliseconds(10));
  const auto b = wait("b", milliseconds(10));
  const auto c = wait("c", milliseconds(10));
  EXPECT_TRUE(run_until([this] { return !served_.empty(); }));
  EXPECT_TRUE(served_.starts_with("ab"));  // On a slow machine the next turn may have come, too.
  EXPECT_TRUE(run_until([this] { return served_ == "abc"; }));
}

}  // namespace
}  // namespace gaffer::uv
