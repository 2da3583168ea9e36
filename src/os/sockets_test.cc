#include "os/sockets.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include <gtest/gtest.h>

#include "os/file_lock.h"
#include "support/temp_dir.h"

namespace gaffer::os {
namespace {

TEST(UnixSocket, IsForItsOwnerAloneWhateverTheUmask) {
  const test::TempDir directory;
  const mode_t before = ::umask(0);
  const auto socket = listen_unix(directory.path("socket"));
  ::umask(before);
  ASSERT_TRUE(socket.has_value());
  struct stat info {};
  ASSERT_EQ(0, ::stat(directory.path("socket").c_str(), &info));
  EXPECT_EQ(0600U, info.st_mode & 07777);
}

TEST(UnixSocket, TakesThePlaceOfAStaleOne) {
  const test::TempDir directory;
  { ASSERT_TRUE(listen_unix(directory.path("socket")).has_value()); }
  EXPECT_EQ(ECONNREFUSED, connect_unix(directory.path("socket")).error().os);
  const auto socket = listen_unix(directory.path("socket"));
  const auto client = connect_unix(directory.path("socket"));
  ASSERT_TRUE(client.has_value());
  EXPECT_EQ(::geteuid(), peer_user(client->get()).value());
}

TEST(UnixSocket, KnowsItsPathAlsoWhereThatIsAsLongAsCanBe) {
  const test::TempDir directory;
  const std::string longest = directory.path(std::string(108 - directory.path("x").size(), 'x'));
  for (const std::string& path : {directory.path("socket"), longest}) {
    const auto socket = listen_unix(path);
    ASSERT_TRUE(socket) << socket.error().message;
    EXPECT_EQ(path, local_path(socket->get()));
  }
}

TEST(UnixSocket, HasNoPathIfItIsBoundToNone) {
  EXPECT_EQ("", local_path(make_socket_pair().value().ours.get()));
  EXPECT_EQ("", local_path(listen_loopback(0).value().get()));
  EXPECT_EQ("", local_path(-1));
}

TEST(UnixSocket, APathThatDoesNotFitIsRefusedNotCut) {
  const std::string path = "/tmp/" + std::string(110, 'x');
  EXPECT_EQ("cannot use socket " + path + ": the path is longer than 107 bytes",
            listen_unix(path).error().message);
}

TEST(LockFile, NamesTheHolder) {
  const test::TempDir directory;
  const auto lock = lock_file(directory.path("lock"), ::getpid());
  ASSERT_TRUE(lock.has_value());
  EXPECT_EQ(directory.path("lock") + " is held by process " + std::to_string(::getpid()),
            lock_file(directory.path("lock"), ::getpid()).error().message);
}

TEST(LockFile, IsFreeAgainWithItsHolderGone) {
  const test::TempDir directory;
  { ASSERT_TRUE(lock_file(directory.path("lock"), ::getpid()).has_value()); }
  EXPECT_TRUE(lock_file(directory.path("lock"), ::getpid()).has_value());
}

TEST(SocketPairs, CarryBytesBothWaysAndOursDoesNotBlock) {
  const SocketPair pair = std::move(make_socket_pair().value());
  char bytes[8] = {};
  EXPECT_EQ(-1, ::read(pair.ours.get(), bytes, sizeof(bytes)));
  EXPECT_EQ(EAGAIN, errno);
  ASSERT_EQ(3, ::write(pair.ours.get(), "ask", 3));
  ASSERT_EQ(3, ::read(pair.theirs.get(), bytes, sizeof(bytes)));
  ASSERT_EQ(5, ::write(pair.theirs.get(), "reply", 5));
  ASSERT_EQ(5, ::read(pair.ours.get(), bytes, sizeof(bytes)));
  EXPECT_STREQ("reply", bytes);
}

}  // namespace
}  // namespace gaffer::os
