#include "os/append_line.h"

#include <filesystem>

#include <gtest/gtest.h>

#include "os/files.h"
#include "support/temp_dir.h"

namespace gaffer::os {
namespace {

TEST(AppendLine, AddsLinesToAFileForItsOwnerAlone) {
  const test::TempDir dir;
  ASSERT_TRUE(append_line(dir.path("log"), "one", 100).has_value());
  ASSERT_TRUE(append_line(dir.path("log"), "two", 100).has_value());
  EXPECT_EQ("one\ntwo\n", read_file(dir.path("log")).value());
  using std::filesystem::perms;
  EXPECT_EQ(perms::owner_read | perms::owner_write,
            std::filesystem::status(dir.path("log")).permissions());
}

TEST(AppendLine, BeginsAnewWhenTheFileIsFull) {
  const test::TempDir dir;
  for (const char* line : {"one", "two", "three"})
    ASSERT_TRUE(append_line(dir.path("log"), line, 8).has_value());
  EXPECT_EQ("three\n", read_file(dir.path("log")).value());
  EXPECT_EQ("one\ntwo\n", read_file(dir.path("log.1")).value());
}

TEST(AppendLine, DoesNotFollowALink) {
  const test::TempDir dir;
  std::filesystem::create_symlink(dir.path("target"), dir.path("log"));
  EXPECT_FALSE(append_line(dir.path("log"), "one", 100).has_value());
  EXPECT_FALSE(file_exists(dir.path("target")));
}

}  // namespace
}  // namespace gaffer::os
