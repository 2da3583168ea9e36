#include "gaffer/result.h"

#include <cerrno>
#include <memory>

#include <gtest/gtest.h>

namespace gaffer {
namespace {

Result<std::unique_ptr<int>> make(bool works) {
  if (!works) return os_error("cannot make it", EACCES);
  return std::make_unique<int>(7);
}

Result<int> make_and_read(bool works) {
  GAFFER_TRY(auto value, make(works));
  return *value;
}

Result<void> check(bool works) {
  GAFFER_TRY(make_and_read(works));
  return {};
}

TEST(Result, TryHandsOnTheValue) { EXPECT_EQ(7, make_and_read(true).value()); }

TEST(Result, TryReturnsTheErrorUntouched) {
  EXPECT_EQ("cannot make it: permission denied", make_and_read(false).error().message);
  EXPECT_EQ(Errc::PermissionDenied, check(false).error().code);
  EXPECT_EQ(EACCES, check(false).error().os);
}

TEST(Error, WithinNamesThePlaceBeforeTheMessage) {
  EXPECT_EQ("template web: no cmd",
            (Error{Errc::InvalidArgument, 0, "no cmd"}.within("template web").message));
}

}  // namespace
}  // namespace gaffer
