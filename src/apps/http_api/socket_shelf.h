#pragma once

#include <string_view>

#include "gaffer/result.h"
#include "os/unique_fd.h"

namespace gaffer::apps {

/// All names on the shelf begin with this.
constexpr std::string_view kShelfPrefix = "listen:";

/// Where listening sockets lie for the program that goes on when this one has died, so that whoever
/// connects meanwhile waits and is not refused.
class SocketShelf {
 public:
  SocketShelf() = default;
  SocketShelf(const SocketShelf&) = delete;
  SocketShelf& operator=(const SocketShelf&) = delete;
  virtual ~SocketShelf() = default;

  /// What the program before has put under a name; not open if that is nothing.
  virtual os::UniqueFd take(std::string_view name) = 0;
  /// In the place of what had the name before.
  virtual Result<void> put(std::string_view name, int fd) = 0;
  virtual void remove(std::string_view name) = 0;

  /// Somebody is to go on: the paths of unix sockets stay where they are.
  [[nodiscard]] virtual bool is_kept() const = 0;
};

}  // namespace gaffer::apps
