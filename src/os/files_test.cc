#include "os/files.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <functional>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "support/temp_dir.h"

namespace gaffer::os {
namespace {

mode_t mode_of(const std::string& path) {
  struct stat info {};
  return ::stat(path.c_str(), &info) == 0 ? info.st_mode & 07777 : 0;
}

TEST(Files, ReadsAWholeFileOrSaysWhichOneItCouldNot) {
  const test::TempDir directory;
  EXPECT_EQ("content", read_file(directory.write("a", "content")).value());
  EXPECT_EQ("cannot open /no/such: no such file or directory",
            read_file("/no/such").error().message);
  EXPECT_EQ(Errc::Io, read_file(directory.path()).error().code);
}

TEST(Files, RefusesToReadMoreThanTheBound) {
  const test::TempDir directory;
  const std::string path = directory.write("a", std::string(101, 'x'));
  EXPECT_EQ(Errc::LimitReached, read_file(path, 100).error().code);
  EXPECT_EQ(101U, read_file(path, 101).value().size());
}

TEST(Files, AnAtomicWriteReplacesTheContentWithExactlyThatMode) {
  const test::TempDir directory;
  directory.write("a", "old");
  ASSERT_TRUE(write_file_atomically(directory.path("a"), "new", 0640).has_value());
  EXPECT_EQ("new", directory.read("a"));
  EXPECT_EQ(0640U, mode_of(directory.path("a")));
}

TEST(Files, AnAtomicWriteThatFailsLeavesTheOldFileAndNoTemporary) {
  const test::TempDir directory;
  std::filesystem::create_directory(directory.path("a"));
  directory.write("a/inside", "old");
  EXPECT_FALSE(write_file_atomically(directory.path("a"), "new").has_value());
  EXPECT_EQ("old", directory.read("a/inside"));
  EXPECT_EQ(1, std::distance(std::filesystem::directory_iterator(directory.path()), {}));
}

TEST(Files, MadeDirectoriesHaveTheModeWhateverTheUmask) {
  const test::TempDir directory;
  const mode_t before = ::umask(0077);
  const auto made = make_directories(directory.path("a/b"), 0755);
  ::umask(before);
  ASSERT_TRUE(made.has_value());
  EXPECT_EQ(0755U, mode_of(directory.path("a/b")));
  EXPECT_TRUE(make_directories(directory.path("a/b"), 0700).has_value());
  EXPECT_EQ(0755U, mode_of(directory.path("a/b")));
}

TEST(Files, ADirectoryCannotBeMadeThroughAFile) {
  const test::TempDir directory;
  directory.write("a", "file");
  EXPECT_EQ(ENOTDIR, make_directories(directory.path("a/b"), 0700).error().os);
  EXPECT_EQ(ENOTDIR, make_directories(directory.path("a"), 0700).error().os);
}

TEST(Files, SpliceMovesBytesToTheOffsetAndTellsEmptyFromEnded) {
  Pipe pipe = std::move(make_pipe().value());
  const UniqueFd file = std::move(memory_file("test").value());
  EXPECT_EQ(Errc::Busy, splice_to_file(pipe.read.get(), file.get(), 0, 100).error().code);
  ASSERT_EQ(5, ::write(pipe.write.get(), "hello", 5));
  EXPECT_EQ(5U, splice_to_file(pipe.read.get(), file.get(), 3, 100).value());
  pipe.write.reset();
  EXPECT_EQ(0U, splice_to_file(pipe.read.get(), file.get(), 8, 100).value());
  std::array<char, 8> content{};
  EXPECT_EQ(8U, read_at(file.get(), 0, content).value());
  EXPECT_EQ(std::string("\0\0\0hello", 8), std::string(content.data(), 8));
}

TEST(Files, APipeIsEmptyHasBytesOrHasEnded) {
  Pipe pipe = std::move(make_pipe().value());
  EXPECT_EQ(PipeState::Empty, pipe_state(pipe.read.get()));
  ASSERT_EQ(1, ::write(pipe.write.get(), "x", 1));
  EXPECT_EQ(PipeState::HasBytes, pipe_state(pipe.read.get()));
  pipe.write.reset();
  EXPECT_EQ(PipeState::HasBytes, pipe_state(pipe.read.get()));
  char byte = 0;
  ASSERT_EQ(1, ::read(pipe.read.get(), &byte, 1));
  EXPECT_EQ(PipeState::Ended, pipe_state(pipe.read.get()));
}

/// How many descriptors `open` gets where 128 are allowed.
std::size_t count_until_refused(const std::function<Result<UniqueFd>()>& open) {
  rlimit before{};
  ::getrlimit(RLIMIT_NOFILE, &before);
  const rlimit few{.rlim_cur = 128, .rlim_max = before.rlim_max};
  ::setrlimit(RLIMIT_NOFILE, &few);
  std::vector<UniqueFd> open_ones;
  for (auto fd = open(); fd || fd.error().code != Errc::LimitReached; fd = open())
    open_ones.push_back(std::move(fd).value());
  ::setrlimit(RLIMIT_NOFILE, &before);
  return open_ones.size();
}

TEST(Files, WhatThereMayBeAnyNumberOfLeavesTheLastDescriptorsToOthers) {
  const test::TempDir directory;
  const auto any = count_until_refused([]() -> Result<UniqueFd> {
    UniqueFd null(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    if (!null.is_open()) return os_error("cannot open /dev/null", errno);
    return null;
  });
  const std::size_t some = any - kReservedDescriptors;
  EXPECT_EQ(some, count_until_refused([] { return memory_file("test"); }));
  EXPECT_EQ(some - 1, count_until_refused([]() -> Result<UniqueFd> {
              GAFFER_TRY(Pipe pipe, make_pipe());  // Two, one of which is closed again.
              return std::move(pipe.read);
            }));
}

TEST(Files, AReleasedFrontKeepsTheOffsetsOfTheRest) {
  const UniqueFd file = std::move(memory_file("test").value());
  const std::string data(16384, 'x');
  ASSERT_EQ(static_cast<ssize_t>(data.size()), ::write(file.get(), data.data(), data.size()));
  ASSERT_TRUE(release_front(file.get(), 9000).has_value());
  EXPECT_EQ(16384U, file_size(file.get()).value());
  std::array<char, 1> byte{};
  ASSERT_EQ(1U, read_at(file.get(), 8191, byte).value());
  EXPECT_EQ('\0', byte[0]);
  ASSERT_EQ(1U, read_at(file.get(), 8192, byte).value());
  EXPECT_EQ('x', byte[0]);
}

}  // namespace
}  // namespace gaffer::os
