#include "keeper/server/link.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <cstring>

#include "keeper/server/kernel.h"

namespace gaffer::keeper {
namespace {

// More descriptors than this the kernel lets nobody send; what comes beside a record is closed.
constexpr std::size_t kControlBytes = 4096;

/// Space for what comes beside a message. Static, because it is large and there is one reader.
struct alignas(cmsghdr) Control {
  std::array<std::byte, kControlBytes> bytes;
};

void take_descriptors(std::span<const std::byte> data, Letter& letter) {
  for (; data.size() >= sizeof(int); data = data.subspan(sizeof(int))) {
    int fd = -1;
    std::memcpy(&fd, data.data(), sizeof(fd));
    if (letter.descriptor_count == letter.descriptors.size()) {
      kernel::close(fd);
    } else {
      letter.descriptors[letter.descriptor_count++] = fd;
    }
  }
}

void open_control(std::span<const std::byte> control, Letter& letter) {
  while (control.size() >= sizeof(cmsghdr)) {
    cmsghdr head{};
    std::memcpy(&head, control.data(), sizeof(head));
    if (head.cmsg_len < CMSG_LEN(0) || head.cmsg_len > control.size()) return;
    const auto data = control.subspan(CMSG_LEN(0), head.cmsg_len - CMSG_LEN(0));
    if (head.cmsg_level == SOL_SOCKET && head.cmsg_type == SCM_RIGHTS) {
      take_descriptors(data, letter);
    } else if (head.cmsg_level == SOL_SOCKET && head.cmsg_type == SCM_CREDENTIALS &&
               data.size() >= sizeof(ucred)) {
      ucred sender{};
      std::memcpy(&sender, data.data(), sizeof(sender));
      letter.sender = sender.pid;
    }
    const std::size_t step = CMSG_ALIGN(head.cmsg_len);
    control = control.subspan(step < control.size() ? step : control.size());
  }
}

// These say something about the moment, and the other end is still there. ETOOMANYREFS: who is not
// root may have no more descriptors under way than his limit of open ones.
bool is_passing(long failure) {
  return failure == -ENOBUFS || failure == -ENOMEM || failure == -ETOOMANYREFS;
}

}  // namespace

int Letter::take(std::size_t at) {
  const int fd = descriptors[at];
  descriptors[at] = -1;
  return fd;
}

void Letter::close_rest() {
  for (std::size_t at = 0; at < descriptor_count; ++at) {
    if (descriptors[at] >= 0) kernel::close(descriptors[at]);
  }
  descriptor_count = 0;
}

Received receive(int socket, Letter& letter) {
  static Control control;
  letter.sender = 0;
  letter.descriptor_count = 0;
  constexpr int kAttempts = 8;  // Each error is told once; a socket that has only these is no more.
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    iovec place{letter.bytes.data(), letter.bytes.size()};
    msghdr message{};
    message.msg_iov = &place;
    message.msg_iovlen = 1;
    message.msg_control = control.bytes.data();
    message.msg_controllen = control.bytes.size();
    const long got = kernel::receive(socket, message);
    if (got == -EAGAIN) return Received::Nothing;
    if (got < 0) continue;
    letter.size = static_cast<std::size_t>(got);
    open_control(std::span(control.bytes).first(message.msg_controllen), letter);
    // An empty message is the end, unless somebody has sent one: then the kernel says who.
    if (got == 0 && letter.sender == 0) return Received::End;
    return Received::Letter;
  }
  return Received::End;
}

Sent send(int socket, std::span<const std::byte> record, std::span<const int> descriptors) {
  alignas(cmsghdr) std::array<std::byte, CMSG_SPACE(kMaxDescriptors * sizeof(int))> control{};
  iovec place{const_cast<std::byte*>(record.data()), record.size()};  // NOLINT: it is not written
  msghdr message{};
  message.msg_iov = &place;
  message.msg_iovlen = 1;
  if (!descriptors.empty()) {
    const cmsghdr head{.cmsg_len = CMSG_LEN(descriptors.size_bytes()),
                       .cmsg_level = SOL_SOCKET,
                       .cmsg_type = SCM_RIGHTS};
    std::memcpy(control.data(), &head, sizeof(head));
    std::memcpy(control.data() + CMSG_LEN(0), descriptors.data(), descriptors.size_bytes());
    message.msg_control = control.data();
    message.msg_controllen = CMSG_SPACE(descriptors.size_bytes());
  }
  const long sent = kernel::send(socket, message);
  if (sent >= 0) return Sent::Yes;
  if (sent == -EAGAIN) return Sent::Full;
  return is_passing(sent) ? Sent::Later : Sent::Gone;
}

}  // namespace gaffer::keeper
