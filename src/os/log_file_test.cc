#include "os/log_file.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <string>

#include <gtest/gtest.h>

#include "os/files.h"
#include "support/temp_dir.h"

namespace gaffer::os {
namespace {

constexpr uid_t kNobody = 65534;

TEST(LogFile, IsNeverOpenedThroughALinkOrAFifo) {
  const test::TempDir directory;
  std::filesystem::create_symlink("/etc/passwd", directory.path("link"));
  ASSERT_EQ(0, ::mkfifo(directory.path("fifo").c_str(), 0600));
  EXPECT_EQ(ELOOP, open_log(directory.path("link")).error().os);
  EXPECT_EQ(Errc::InvalidArgument, open_log(directory.path("fifo")).error().code);
  EXPECT_FALSE(open_log("/proc/self/fd/1").has_value());
}

TEST(LogFile, OneWithASecondNameIsRefused) {
  const test::TempDir directory;
  std::filesystem::create_hard_link(directory.write("other", "x"), directory.path("log"));
  const auto opened = open_log(directory.path("log"));
  ASSERT_FALSE(opened.has_value());
  EXPECT_NE(std::string::npos, opened.error().message.find("several names"));
}

TEST(LogFile, HasOneWriter) {
  const test::TempDir directory;
  const auto first = open_log(directory.path("log"));
  ASSERT_TRUE(first.has_value());
  EXPECT_EQ(Errc::Busy, open_log(directory.path("log")).error().code);
}

TEST(LogFile, IsMadeAndOpenedWithItsOwnersRights) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs to be root";
  const test::TempDir directory;
  const LogOwner nobody{.user = kNobody, .group = kNobody};
  EXPECT_EQ(Errc::PermissionDenied, open_log(directory.path("log"), nobody).error().code);
  ASSERT_EQ(0, ::chmod(directory.path().c_str(), 0755));
  std::filesystem::create_directory(directory.path("own"));
  ASSERT_EQ(0, ::chown(directory.path("own").c_str(), kNobody, kNobody));
  ASSERT_TRUE(open_log(directory.path("own/log"), nobody).has_value());
  struct stat info {};
  ASSERT_EQ(0, ::stat(directory.path("own/log").c_str(), &info));
  EXPECT_EQ(kNobody, info.st_uid);
  // We ourselves have kept ours.
  EXPECT_TRUE(open_log(directory.path("log")).has_value());
}

TEST(LogFile, WithAnOwnerNoDirectoryOnTheWayMayBeALink) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs to be root";
  const test::TempDir directory;
  std::filesystem::create_directory(directory.path("real"));
  std::filesystem::create_directory_symlink(directory.path("real"), directory.path("link"));
  EXPECT_EQ(ELOOP, open_log(directory.path("link/log"), LogOwner{}).error().os);
  EXPECT_TRUE(open_log(directory.path("link/log")).has_value());
}

TEST(LogFile, ANameIsNotTakenFromAnotherFile) {
  const test::TempDir directory;
  directory.write("a", "a");
  directory.write("b", "b");
  EXPECT_EQ(Errc::AlreadyExists,
            rename_file(directory.path("a"), directory.path("b")).error().code);
  EXPECT_TRUE(rename_file(directory.path("a"), directory.path("c")).has_value());
  EXPECT_EQ("a", directory.read("c"));
  EXPECT_EQ(Errc::NotFound, rename_file(directory.path("a"), directory.path("d")).error().code);
}

TEST(LogFile, AReplacedFileHasTheNewContentAndLeavesNothing) {
  const test::TempDir directory;
  directory.write("list", "a long old one");
  ASSERT_TRUE(replace_file(directory.path("list"), "new").has_value());
  EXPECT_EQ("new", directory.read("list"));
  auto names = names_in(directory.path()).value();
  std::erase_if(names, [](const std::string& name) { return name.starts_with('.'); });
  EXPECT_EQ((std::vector<std::string>{"list"}), names);
}

TEST(LogFile, HolesAndDataAreFound) {
  const UniqueFd file = std::move(memory_file("test").value());
  ASSERT_TRUE(write_at(file.get(), 0, std::string(16384, 'x')).has_value());
  EXPECT_EQ(0U, next_data(file.get(), 0).value());
  EXPECT_EQ(16384U, next_hole(file.get(), 0).value());
  ASSERT_TRUE(release_range(file.get(), 1, 12'288).has_value());
  EXPECT_EQ(4096U, next_hole(file.get(), 0).value());
  EXPECT_EQ(12'288U, next_data(file.get(), 4096).value());
  ASSERT_TRUE(truncate(file.get(), 8192).has_value());
  EXPECT_EQ(8192U, next_data(file.get(), 4096).value());
}

TEST(LogFile, SpaceIsReservedBehindTheEndAndTheEndStays) {
  const test::TempDir directory;
  const UniqueFd file = std::move(open_log(directory.path("log")).value());
  ASSERT_TRUE(write_at(file.get(), 0, "abc").has_value());
  ASSERT_TRUE(reserve_range(file.get(), 3, 100'000).has_value());
  EXPECT_EQ(3U, file_size(file.get()).value());
  struct stat info {};
  ASSERT_EQ(0, ::fstat(file.get(), &info));
  EXPECT_LE(100'000, info.st_blocks * 512);
}

}  // namespace
}  // namespace gaffer::os
