#include "os/ready_set.h"

#include <errno.h>
#include <sys/epoll.h>

#include <algorithm>
#include <array>

namespace gaffer::os {

Result<ReadySet> ReadySet::create() {
  UniqueFd epoll(::epoll_create1(EPOLL_CLOEXEC));
  if (!epoll.is_open()) return os_error("cannot make a set of descriptors", errno);
  return ReadySet(std::move(epoll));
}

Result<void> ReadySet::add(int fd, std::uint64_t tag) {
  epoll_event wanted{};
  wanted.events = EPOLLIN;
  wanted.data.u64 = tag;
  if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &wanted) == 0) return {};
  return os_error("cannot watch a descriptor", errno);
}

void ReadySet::remove(int fd) const { ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr); }

std::size_t ReadySet::ready(std::span<std::uint64_t> tags) const {
  std::array<epoll_event, 256> events{};
  const auto room = static_cast<int>(std::min(tags.size(), events.size()));
  const int count = ::epoll_wait(epoll_.get(), events.data(), room, 0);
  for (int at = 0; at < count; ++at)
    tags[static_cast<std::size_t>(at)] = events.at(static_cast<std::size_t>(at)).data.u64;
  return count > 0 ? static_cast<std::size_t>(count) : 0;
}

}  // namespace gaffer::os
