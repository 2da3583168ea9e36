#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gaffer/result.h"
#include "os/unique_fd.h"

namespace gaffer::os {

/// An address to listen on: a number, never a name that somebody else would have to resolve.
struct TcpAddress {
  std::string ip;  ///< As the kernel writes it: `127.0.0.1`, `::1`.
  std::uint16_t port = 0;
  bool is_v6 = false;

  /// `127.0.0.1:5000`, `[::1]:5000`.
  [[nodiscard]] std::string text() const;
  /// Only this machine reaches it.
  [[nodiscard]] bool is_loopback() const;
  /// Every address of the machine: `0.0.0.0`, `::`.
  [[nodiscard]] bool is_any() const;
  bool operator==(const TcpAddress&) const = default;
};

/// ERRORS: InvalidArgument: `cannot use address x: it must be …`.
Result<TcpAddress> parse_tcp_address(std::string_view text);

/// A listening TCP socket; port 0 lets the kernel choose. `::` takes IPv6 only.
/// ERRORS: Busy when the address is taken.
Result<UniqueFd> listen_tcp(const TcpAddress& address, int backlog);

/// Where a TCP socket is bound.
/// ERRORS: InvalidArgument for a socket of another kind.
Result<TcpAddress> local_address(int socket);

/// A connection, blocking.
Result<UniqueFd> connect_tcp(const TcpAddress& address);

/// Sends small answers at once instead of waiting for more (TCP_NODELAY).
void send_without_delay(int socket);

/// A listening socket that was handed to this process, sd_listen_fds(3).
struct InheritedSocket {
  UniqueFd fd;
  std::string name;  ///< `unknown` where it was given none.
};

/// The sockets of $LISTEN_FDS if they are for this process. They are close-on-exec from then on,
/// and the variables are gone, so that no process of ours thinks they are for it.
/// ERRORS: InvalidArgument when a descriptor is none that listens.
Result<std::vector<InheritedSocket>> take_inherited_sockets();

}  // namespace gaffer::os
