#include "core/policy/scaling.h"

#include <gtest/gtest.h>

namespace gaffer::policy {
namespace {

TEST(Scaling, SetsAddsAndTakesAway) {
  EXPECT_EQ(3, scaled(1, "3").value());
  EXPECT_EQ(3, scaled(1, "=3").value());
  EXPECT_EQ(3, scaled(1, "+2").value());
  EXPECT_EQ(1, scaled(3, "-2").value());
  EXPECT_EQ(0, scaled(3, "0").value());
}

TEST(Scaling, NeverGoesBelowNothing) { EXPECT_EQ(0, scaled(1, "-5").value()); }

TEST(Scaling, RefusesWhatIsNoNumberAndWhatIsTooMany) {
  EXPECT_EQ("cannot scale to \"two\": use N, +N or -N, N up to 10000",
            scaled(1, "two").error().message);
  EXPECT_EQ(Errc::InvalidArgument, scaled(1, "").error().code);
  EXPECT_EQ(Errc::InvalidArgument, scaled(1, "+").error().code);
  EXPECT_EQ(Errc::InvalidArgument, scaled(1, "+-1").error().code);
  EXPECT_EQ(Errc::InvalidArgument, scaled(1, "10001").error().code);
  EXPECT_EQ("cannot scale to 10001: the most is 10000", scaled(10000, "+1").error().message);
}

}  // namespace
}  // namespace gaffer::policy
