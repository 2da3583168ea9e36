#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "gaffer/result.h"
#include "os/unique_fd.h"

namespace gaffer::os {

/// Descriptors that can be asked which of them have something to read: an epoll(7) set. The set is
/// a descriptor itself, readable while any of its members is, so a thousand pipes are one watch to a
/// loop.
class ReadySet {
 public:
  /// ERRORS: LimitReached.
  static Result<ReadySet> create();

  /// ERRORS: AlreadyExists, LimitReached when the kernel has no room for one more.
  Result<void> add(int fd, std::uint64_t tag);
  /// Before the descriptor is closed. One that is not in the set is left alone.
  void remove(int fd) const;

  /// Fills in the tags of those that can be read now, or whose other end is gone, and returns how
  /// many. Who is left out for want of room comes first the next time.
  [[nodiscard]] std::size_t ready(std::span<std::uint64_t> tags) const;

  [[nodiscard]] int descriptor() const { return epoll_.get(); }

 private:
  explicit ReadySet(UniqueFd epoll) : epoll_(std::move(epoll)) {}

  UniqueFd epoll_;
};

}  // namespace gaffer::os
