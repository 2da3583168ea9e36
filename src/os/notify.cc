#include "os/notify.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <cstdint>
#include <string>

#include "base/strings.h"
#include "os/host.h"
#include "os/unique_fd.h"

namespace gaffer::os {

void notify(std::string_view state) {
  const std::string path = environment_variable("NOTIFY_SOCKET");
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() < 2 || path.size() >= sizeof(address.sun_path)) return;
  if (path[0] != '/' && path[0] != '@') return;
  std::ranges::copy(path, std::begin(address.sun_path));
  if (path[0] == '@') address.sun_path[0] = '\0';  // A name that stands in no file system.
  const UniqueFd socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!socket.is_open()) return;
  const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size());
  (void)::sendto(socket.get(), state.data(), state.size(), MSG_NOSIGNAL | MSG_DONTWAIT,
                 reinterpret_cast<const sockaddr*>(&address), length);  // NOLINT: its habit
}

std::optional<std::chrono::microseconds> watchdog_interval() {
  const std::string pid = environment_variable("WATCHDOG_PID");
  if (!pid.empty() && pid != std::to_string(own_pid())) return std::nullopt;
  const auto interval = parse_number<std::int64_t>(environment_variable("WATCHDOG_USEC"));
  if (!interval || *interval <= 0) return std::nullopt;
  return std::chrono::microseconds(*interval);
}

}  // namespace gaffer::os
