#include "os/packets.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string_view>

#include <gtest/gtest.h>

#include "os/files.h"

namespace gaffer::os {
namespace {

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}

std::string text_of(const Packet& packet) {
  return {reinterpret_cast<const char*>(packet.bytes.data()), packet.bytes.size()};
}

class Packets : public testing::Test {
 protected:
  std::pair<UniqueFd, UniqueFd> pair_ = std::move(packet_socket_pair().value());  // NOLINT
};

TEST_F(Packets, StayApart) {
  ASSERT_TRUE(send_packet(pair_.first.get(), bytes_of("one")));
  ASSERT_TRUE(send_packet(pair_.first.get(), bytes_of("two")));
  EXPECT_EQ("one", text_of(receive_packet(pair_.second.get(), 64).value()));
  EXPECT_EQ("two", text_of(receive_packet(pair_.second.get(), 64).value()));
}

TEST_F(Packets, AreNotWaitedFor) {
  EXPECT_EQ(Errc::Busy, receive_packet(pair_.second.get(), 64).error().code);
}

TEST_F(Packets, BringDescriptorsThatCloseOnExec) {
  Pipe pipe = std::move(make_pipe().value());
  const std::array<int, 1> sent{pipe.write.get()};
  ASSERT_TRUE(send_packet(pair_.first.get(), bytes_of("pipe"), sent));
  pipe.write.reset();
  auto packet = receive_packet(pair_.second.get(), 64);
  ASSERT_TRUE(packet);
  ASSERT_EQ(1U, packet->descriptors.size());
  const int got = packet->descriptors.front().get();
  EXPECT_EQ(FD_CLOEXEC, ::fcntl(got, F_GETFD));
  EXPECT_EQ(1, ::write(got, "x", 1));
  EXPECT_EQ(PipeState::HasBytes, pipe_state(pipe.read.get()));
}

TEST_F(Packets, AreEmptyWhenTheOtherEndIsGone) {
  pair_.first.reset();
  EXPECT_TRUE(receive_packet(pair_.second.get(), 64).value().bytes.empty());
  EXPECT_EQ(EPIPE, send_packet(pair_.second.get(), bytes_of("x")).error().os);
}

TEST_F(Packets, ComeAfterTheNewsThatTheirSenderDiedWithUnreadOnes) {
  ASSERT_TRUE(send_packet(pair_.first.get(), bytes_of("last words")));
  ASSERT_TRUE(send_packet(pair_.second.get(), bytes_of("never read")));
  pair_.first.reset();
  EXPECT_EQ(ECONNRESET, receive_packet(pair_.second.get(), 64).error().os);
  EXPECT_EQ("last words", text_of(receive_packet(pair_.second.get(), 64).value()));
  EXPECT_TRUE(receive_packet(pair_.second.get(), 64).value().bytes.empty());
}

}  // namespace
}  // namespace gaffer::os
