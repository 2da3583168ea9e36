#include "os/packets.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cstring>

namespace gaffer::os {
namespace {

constexpr std::size_t kMostDescriptors = 253;  // SCM_MAX_FD of the kernel.

struct alignas(cmsghdr) Control {
  std::array<std::byte, CMSG_SPACE(kMostDescriptors * sizeof(int))> bytes{};
};

std::vector<UniqueFd> descriptors_in(msghdr& message) {
  std::vector<UniqueFd> descriptors;
  for (cmsghdr* head = CMSG_FIRSTHDR(&message); head; head = CMSG_NXTHDR(&message, head)) {
    if (head->cmsg_level != SOL_SOCKET || head->cmsg_type != SCM_RIGHTS) continue;
    const std::size_t count = (head->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (std::size_t i = 0; i < count; ++i) {
      int fd = -1;
      std::memcpy(&fd, CMSG_DATA(head) + i * sizeof(int), sizeof(fd));
      descriptors.emplace_back(fd);
    }
  }
  return descriptors;
}

}  // namespace

Result<std::pair<UniqueFd, UniqueFd>> packet_socket_pair() {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    return os_error("cannot make a socket pair", errno);
  }
  return std::pair(UniqueFd(ends[0]), UniqueFd(ends[1]));
}

Result<void> send_packet(int socket, std::span<const std::byte> bytes,
                         std::span<const int> descriptors) {
  Control control;
  if (descriptors.size() > kMostDescriptors) {
    return Error{Errc::LimitReached, 0, "cannot send so many descriptors at once"};
  }
  iovec place{const_cast<std::byte*>(bytes.data()), bytes.size()};  // NOLINT: it is not written
  msghdr message{};
  message.msg_iov = &place;
  message.msg_iovlen = 1;
  if (!descriptors.empty()) {
    message.msg_control = control.bytes.data();
    message.msg_controllen = CMSG_SPACE(descriptors.size_bytes());
    cmsghdr* head = CMSG_FIRSTHDR(&message);
    head->cmsg_level = SOL_SOCKET;
    head->cmsg_type = SCM_RIGHTS;
    head->cmsg_len = CMSG_LEN(descriptors.size_bytes());
    std::memcpy(CMSG_DATA(head), descriptors.data(), descriptors.size_bytes());
  }
  while (::sendmsg(socket, &message, MSG_NOSIGNAL) < 0) {
    if (errno != EINTR) return os_error("cannot send a message", errno);
  }
  return {};
}

Result<Packet> receive_packet(int socket, std::size_t max_bytes) {
  Control control;
  Packet packet;
  packet.bytes.resize(max_bytes);
  iovec place{packet.bytes.data(), packet.bytes.size()};
  msghdr message{};
  message.msg_iov = &place;
  message.msg_iovlen = 1;
  message.msg_control = control.bytes.data();
  message.msg_controllen = control.bytes.size();
  ssize_t got = -1;
  do {
    got = ::recvmsg(socket, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
  } while (got < 0 && errno == EINTR);
  if (got < 0) return os_error("cannot receive a message", errno);
  packet.bytes.resize(static_cast<std::size_t>(got));
  packet.descriptors = descriptors_in(message);
  return packet;
}

Result<Packet> wait_for_packet(int socket, std::size_t max_bytes,
                               std::chrono::milliseconds patience) {
  pollfd wanted{socket, POLLIN, 0};
  if (::poll(&wanted, 1, static_cast<int>(patience.count())) == 0) {
    return os_error("cannot receive a message", ETIMEDOUT);
  }
  return receive_packet(socket, max_bytes);
}

bool adopt_packet_socket(int fd) {
  int type = 0;
  socklen_t size = sizeof(type);
  if (::getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) != 0 || type != SOCK_SEQPACKET)
    return false;
  return ::fcntl(fd, F_SETFD, FD_CLOEXEC) == 0;
}

}  // namespace gaffer::os
