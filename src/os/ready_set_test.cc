#include "os/ready_set.h"

#include <unistd.h>

#include <array>

#include <gtest/gtest.h>

#include "os/files.h"

namespace gaffer::os {
namespace {

struct Two {
  ReadySet set = std::move(ReadySet::create().value());
  Pipe first = std::move(make_pipe().value());
  Pipe second = std::move(make_pipe().value());

  Two() {
    EXPECT_TRUE(set.add(first.read.get(), 1).has_value());
    EXPECT_TRUE(set.add(second.read.get(), 2).has_value());
  }
  [[nodiscard]] std::size_t ready(std::array<std::uint64_t, 8>& tags) const {
    return set.ready(tags);
  }
};

TEST(ReadySet, TellsWhichOfThemCanBeRead) {
  Two two;
  std::array<std::uint64_t, 8> tags{};
  EXPECT_EQ(0U, two.ready(tags));
  ASSERT_EQ(1, ::write(two.second.write.get(), "x", 1));
  ASSERT_EQ(1U, two.ready(tags));
  EXPECT_EQ(2U, tags[0]);
}

TEST(ReadySet, TellsWhoseOtherEndIsGone) {
  Two two;
  two.first.write.reset();
  std::array<std::uint64_t, 8> tags{};
  ASSERT_EQ(1U, two.ready(tags));
  EXPECT_EQ(1U, tags[0]);
}

TEST(ReadySet, WhoWasTakenOutIsSilent) {
  Two two;
  ASSERT_EQ(1, ::write(two.first.write.get(), "x", 1));
  two.set.remove(two.first.read.get());
  std::array<std::uint64_t, 8> tags{};
  EXPECT_EQ(0U, two.ready(tags));
}

TEST(ReadySet, GivesEachItsTurnWhereThereIsRoomForOne) {
  Two two;
  ASSERT_EQ(1, ::write(two.first.write.get(), "x", 1));
  ASSERT_EQ(1, ::write(two.second.write.get(), "x", 1));
  std::array<std::uint64_t, 1> one{};
  ASSERT_EQ(1U, two.set.ready(one));
  const std::uint64_t first = one[0];
  ASSERT_EQ(1U, two.set.ready(one));
  EXPECT_NE(first, one[0]);
}

TEST(ReadySet, RefusesTheSameDescriptorTwice) {
  Two two;
  EXPECT_EQ(Errc::AlreadyExists, two.set.add(two.first.read.get(), 3).error().code);
}

}  // namespace
}  // namespace gaffer::os
