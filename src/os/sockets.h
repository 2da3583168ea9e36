#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>

#include "gaffer/result.h"
#include "os/unique_fd.h"

namespace gaffer::os {

/// A listening unix socket at `path`, mode 0600 from its first moment on, whatever the umask. What
/// lies there is removed first, so the caller must hold the lock that says it is nobody's.
/// ERRORS: InvalidArgument when the path is longer than the 107 bytes a socket address holds.
Result<UniqueFd> listen_unix(const std::string& path, int backlog = 128);

/// The same with another mode, where no lock says whose the path is: what lies there is removed only
/// if it is a socket on which nobody listens.
/// ERRORS: Busy when somebody does; AlreadyExists for anything else than a socket.
Result<UniqueFd> listen_unix_if_free(const std::string& path, mode_t mode, int backlog);

/// The path that a unix socket is bound to; empty where it is bound to none, or of another kind.
std::string local_path(int socket);

/// A listening TCP socket on a loopback port; 0 lets the kernel choose.
Result<UniqueFd> listen_loopback(std::uint16_t port, int backlog = 128);

/// The port a TCP socket is bound to.
Result<std::uint16_t> local_port(int socket);

/// A connection to a unix socket, blocking.
/// ERRORS: NotFound when there is none, Io (ECONNREFUSED) when nobody listens.
Result<UniqueFd> connect_unix(const std::string& path);

/// A connection to a TCP port on loopback, blocking.
Result<UniqueFd> connect_loopback(std::uint16_t port);

/// Two sockets that are connected to each other.
struct SocketPair {
  UniqueFd ours;  ///< Does not block.
  UniqueFd theirs;
};

/// A stream for both directions between this process and a child. Both close on exec.
/// ERRORS: LimitReached when no more descriptors can be had.
Result<SocketPair> make_socket_pair();

/// The user at the other end of a connected unix socket.
Result<uid_t> peer_user(int socket);

/// Sends everything, without SIGPIPE. Blocks.
Result<void> send_all(int socket, std::string_view bytes);

/// What has come, at most `max_bytes`; empty at the end of the stream. Blocks.
Result<std::string> receive(int socket, std::size_t max_bytes = 65536);

}  // namespace gaffer::os
