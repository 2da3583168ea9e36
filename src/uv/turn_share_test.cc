#include "uv/turn_share.h"

#include "support/fake_clock.h"
#include "support/loop_fixture.h"

namespace gaffer::uv {
namespace {

using std::chrono::milliseconds;

class TurnShareTest : public test::LoopTest {
 protected:
  // NOLINTBEGIN(cppcoreguidelines-non-private-member-variables-in-classes)
  test::FakeClock clock_;
  TurnShare share_{loop_, clock_, milliseconds(20)};
  // NOLINTEND(cppcoreguidelines-non-private-member-variables-in-classes)
};

TEST_F(TurnShareTest, IsUsedUpByTheTimeThatPassed) {
  EXPECT_TRUE(share_.is_left());
  clock_.advance(milliseconds(19));
  EXPECT_TRUE(share_.is_left());
  clock_.advance(milliseconds(1));
  EXPECT_FALSE(share_.is_left());
}

TEST_F(TurnShareTest, IsThereAgainInALaterTurn) {
  EXPECT_TRUE(share_.is_left());
  clock_.advance(milliseconds(100));
  EXPECT_FALSE(share_.is_left());
  EXPECT_TRUE(run_until([this] { return share_.is_left(); }));
  clock_.advance(milliseconds(19));
  EXPECT_TRUE(share_.is_left()) << "it began anew";
}

TEST_F(TurnShareTest, LetsOthersHaveTheirTurnBetween) {
  EXPECT_TRUE(share_.is_left());
  clock_.advance(milliseconds(100));
  bool is_heard = false;
  Timer other(loop_);
  other.start(milliseconds(0), [&] { is_heard = true; });
  EXPECT_TRUE(run_until([this] { return share_.is_left(); }));
  EXPECT_TRUE(is_heard);
}

}  // namespace
}  // namespace gaffer::uv
