#include "os/resource_limits.h"

#include <set>

#include <gtest/gtest.h>

#include "base/resource_names.h"

namespace gaffer::os {
namespace {

TEST(ResourceLimits, EveryNameHasANumberOfItsOwn) {
  std::set<int> numbers;
  for (const std::string_view name : kResourceNames)
    numbers.insert(resource_number(name).value());
  EXPECT_EQ(16U, numbers.size());
  EXPECT_EQ(RLIMIT_NOFILE, resource_number("nofile").value());
}

TEST(ResourceLimits, ANameThatIsNoneIsTold) {
  const auto unknown = resource_number("nofiles");
  EXPECT_EQ("unknown limit nofiles (did you mean nofile?)", unknown.error().message);
  EXPECT_EQ(Errc::InvalidArgument, numbered({{"nofiles", {}}}).error().code);
}

TEST(ResourceLimits, EmptyIsInfinity) {
  const auto limits = numbered({{"core", {.soft = 5}}}).value();
  EXPECT_EQ(5U, limits.front().limit.rlim_cur);
  EXPECT_EQ(RLIM_INFINITY, limits.front().limit.rlim_max);
}

TEST(ResourceLimits, AreDescribedInWords) {
  EXPECT_EQ("5", describe({.soft = 5, .hard = 5}));
  EXPECT_EQ("5, at most 7", describe({.soft = 5, .hard = 7}));
  EXPECT_EQ("5, at most unlimited", describe({.soft = 5}));
  EXPECT_EQ("unlimited", describe(ResourceLimit{}));
}

}  // namespace
}  // namespace gaffer::os
