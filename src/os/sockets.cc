#include "os/sockets.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstddef>

#include "os/files.h"

namespace gaffer::os {
namespace {

Result<sockaddr_un> unix_address(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof(address.sun_path)) {
    return Error{Errc::InvalidArgument, 0,
                 "cannot use socket " + path + ": the path is longer than " +
                     std::to_string(sizeof(address.sun_path) - 1) + " bytes"};
  }
  path.copy(static_cast<char*>(address.sun_path), path.size());
  return address;
}

sockaddr_in loopback_address(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

template <typename Address>
const sockaddr* as_sockaddr(const Address& address) {
  return reinterpret_cast<const sockaddr*>(&address);
}

UniqueFd new_socket(int domain) {
  return UniqueFd(::socket(domain, SOCK_STREAM | SOCK_CLOEXEC, 0));
}

Result<UniqueFd> listen_at(const std::string& path, mode_t mode, int backlog) {
  GAFFER_TRY(const sockaddr_un address, unix_address(path));
  UniqueFd socket = new_socket(AF_UNIX);
  if (!socket.is_open()) return os_error("cannot create a socket", errno);
  // The mode of the unbound socket is the one bind(2) gives to the path, less the umask, so there
  // is no moment at which others could connect.
  if (::fchmod(socket.get(), mode) != 0) return os_error("cannot set mode of " + path, errno);
  if (::unlink(path.c_str()) != 0 && errno != ENOENT)
    return os_error("cannot replace " + path, errno);
  if (::bind(socket.get(), as_sockaddr(address), sizeof(address)) != 0 ||
      ::chmod(path.c_str(), mode) != 0 ||  // What the umask has taken away.
      ::listen(socket.get(), backlog) != 0) {
    return os_error("cannot listen on " + path, errno);
  }
  return socket;
}

}  // namespace

Result<UniqueFd> listen_unix(const std::string& path, int backlog) {
  return listen_at(path, S_IRUSR | S_IWUSR, backlog);
}

Result<UniqueFd> listen_unix_if_free(const std::string& path, mode_t mode, int backlog) {
  struct stat found {};
  if (::lstat(path.c_str(), &found) == 0) {
    if (!S_ISSOCK(found.st_mode))
      return Error{Errc::AlreadyExists, 0, "cannot listen on " + path + ": it is no socket"};
    if (const auto other = connect_unix(path); other || other.error().os != ECONNREFUSED)
      return Error{Errc::Busy, 0, "cannot listen on " + path + ": somebody does already"};
  }
  return listen_at(path, mode, backlog);
}

std::string local_path(int socket) {
  sockaddr_un address{};
  socklen_t length = sizeof(address);
  if (::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &length) != 0 ||
      address.sun_family != AF_UNIX || length <= offsetof(sockaddr_un, sun_path)) {
    return {};
  }
  const auto* path = static_cast<const char*>(address.sun_path);
  const std::size_t most =
      std::min<std::size_t>(length - offsetof(sockaddr_un, sun_path), sizeof(address.sun_path));
  return {path, ::strnlen(path, most)};
}

Result<UniqueFd> listen_loopback(std::uint16_t port, int backlog) {
  UniqueFd socket = new_socket(AF_INET);
  if (!socket.is_open()) return os_error("cannot create a socket", errno);
  const int yes = 1;
  ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
  const sockaddr_in address = loopback_address(port);
  if (::bind(socket.get(), as_sockaddr(address), sizeof(address)) != 0 ||
      ::listen(socket.get(), backlog) != 0) {
    return os_error("cannot listen on 127.0.0.1:" + std::to_string(port), errno);
  }
  return socket;
}

Result<std::uint16_t> local_port(int socket) {
  sockaddr_in address{};
  socklen_t length = sizeof(address);
  if (::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &length) != 0) {
    return os_error("cannot tell a socket's port", errno);
  }
  return ntohs(address.sin_port);
}

Result<UniqueFd> connect_unix(const std::string& path) {
  GAFFER_TRY(const sockaddr_un address, unix_address(path));
  UniqueFd socket = new_socket(AF_UNIX);
  if (!socket.is_open()) return os_error("cannot create a socket", errno);
  if (::connect(socket.get(), as_sockaddr(address), sizeof(address)) != 0) {
    return os_error("cannot connect to " + path, errno);
  }
  return socket;
}

Result<UniqueFd> connect_loopback(std::uint16_t port) {
  UniqueFd socket = new_socket(AF_INET);
  if (!socket.is_open()) return os_error("cannot create a socket", errno);
  const sockaddr_in address = loopback_address(port);
  if (::connect(socket.get(), as_sockaddr(address), sizeof(address)) != 0) {
    return os_error("cannot connect to 127.0.0.1:" + std::to_string(port), errno);
  }
  return socket;
}

Result<SocketPair> make_socket_pair() {
  constexpr auto kCannot = "cannot make a pair of sockets";
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
    return os_error(kCannot, errno);
  SocketPair pair{UniqueFd(ends[0]), UniqueFd(ends[1])};
  if (is_reserved(std::max(ends[0], ends[1]))) return os_error(kCannot, EMFILE);
  if (::fcntl(ends[0], F_SETFL, O_NONBLOCK) != 0) return os_error(kCannot, errno);
  return pair;
}

Result<uid_t> peer_user(int socket) {
  ucred credentials{};
  socklen_t length = sizeof(credentials);
  if (::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &credentials, &length) != 0) {
    return os_error("cannot tell who is connected", errno);
  }
  return credentials.uid;
}

Result<void> send_all(int socket, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0) return os_error("cannot send", errno);
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return {};
}

Result<std::string> receive(int socket, std::size_t max_bytes) {
  std::string bytes(max_bytes, '\0');
  while (true) {
    const ssize_t got = ::recv(socket, bytes.data(), bytes.size(), 0);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return os_error("cannot receive", errno);
    bytes.resize(static_cast<std::size_t>(got));
    return bytes;
  }
}

}  // namespace gaffer::os
