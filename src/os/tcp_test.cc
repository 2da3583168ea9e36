#include "os/tcp.h"

#include <gtest/gtest.h>

namespace gaffer::os {
namespace {

TEST(TcpAddress, IsReadAndWrittenInTheKernelsForm) {
  EXPECT_EQ((TcpAddress{"127.0.0.1", 5000, false}), parse_tcp_address("127.0.0.1:5000").value());
  EXPECT_EQ((TcpAddress{"127.0.0.1", 80, false}), parse_tcp_address("localhost:80").value());
  EXPECT_EQ((TcpAddress{"::1", 5000, true}), parse_tcp_address("[0:0::1]:5000").value());
  EXPECT_EQ("[::1]:5000", parse_tcp_address("[0:0::1]:5000").value().text());
  EXPECT_EQ("0.0.0.0:0", parse_tcp_address("0.0.0.0:0").value().text());
}

TEST(TcpAddress, MustBeANumberWithAPort) {
  for (const char* text : {"", "5000", ":5000", "example.com:80", "127.0.0.1",
                           "127.0.0.1:", "127.0.0.1:65536", "127.1:80", "::1:80", "[::1]",
                           "[::1:80", "127.0.0.1:+1", "[127.0.0.1]:80", "[fe80::1%lo]:80"}) {
    EXPECT_FALSE(parse_tcp_address(text).has_value()) << text;
  }
  EXPECT_EQ("cannot use address x: it must be IP:PORT or [IPV6]:PORT, such as 127.0.0.1:5000",
            parse_tcp_address("x").error().message);
}

TEST(TcpAddress, KnowsWhoReachesIt) {
  EXPECT_TRUE((TcpAddress{"127.8.8.8", 1, false}).is_loopback());
  EXPECT_TRUE((TcpAddress{"::1", 1, true}).is_loopback());
  EXPECT_FALSE((TcpAddress{"0.0.0.0", 1, false}).is_loopback());
  EXPECT_FALSE((TcpAddress{"::ffff:127.0.0.1", 1, true}).is_loopback());
  EXPECT_TRUE((TcpAddress{"::", 1, true}).is_any());
}

TEST(ListenTcp, TakesConnectionsWhereItSays) {
  const UniqueFd socket = listen_tcp({"127.0.0.1", 0, false}, 8).value();
  const TcpAddress address = local_address(socket.get()).value();
  EXPECT_EQ("127.0.0.1", address.ip);
  EXPECT_NE(0, address.port);
  EXPECT_TRUE(connect_tcp(address).has_value());
}

TEST(ListenTcp, SaysThatAnAddressIsTaken) {
  const UniqueFd socket = listen_tcp({"127.0.0.1", 0, false}, 8).value();
  const TcpAddress address = local_address(socket.get()).value();
  EXPECT_EQ("cannot listen on " + address.text() + ": address already in use",
            listen_tcp(address, 8).error().message);
}

TEST(LocalAddress, IsOfTcpOnly) { EXPECT_FALSE(local_address(0).has_value()); }

}  // namespace
}  // namespace gaffer::os
