#include "os/tcp.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <optional>
#include <utility>

#include "base/strings.h"
#include "os/host.h"

namespace gaffer::os {
namespace {

constexpr int kFirstInherited = 3;  // SD_LISTEN_FDS_START

/// An address as the kernel takes it.
struct Raw {
  sockaddr_storage storage{};
  socklen_t length = sizeof(sockaddr_storage);

  sockaddr* address() { return reinterpret_cast<sockaddr*>(&storage); }
};

std::optional<in_addr> v4(const std::string& ip) {
  in_addr address{};
  return ::inet_pton(AF_INET, ip.c_str(), &address) == 1 ? std::optional(address) : std::nullopt;
}

std::optional<in6_addr> v6(const std::string& ip) {
  in6_addr address{};
  return ::inet_pton(AF_INET6, ip.c_str(), &address) == 1 ? std::optional(address) : std::nullopt;
}

std::string text_of(int family, const void* address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  ::inet_ntop(family, address, text.data(), text.size());
  return text.data();
}

// Copied, for a cast would break the aliasing rules.
Raw raw_of(const TcpAddress& address) {
  Raw raw;
  if (address.is_v6) {
    sockaddr_in6 in6{};
    in6.sin6_family = AF_INET6;
    in6.sin6_port = htons(address.port);
    in6.sin6_addr = v6(address.ip).value_or(in6addr_loopback);
    std::memcpy(&raw.storage, &in6, sizeof(in6));
    raw.length = sizeof(in6);
  } else {
    sockaddr_in in{};
    in.sin_family = AF_INET;
    in.sin_port = htons(address.port);
    in.sin_addr = v4(address.ip).value_or(in_addr{htonl(INADDR_LOOPBACK)});
    std::memcpy(&raw.storage, &in, sizeof(in));
    raw.length = sizeof(in);
  }
  return raw;
}

UniqueFd new_socket(const TcpAddress& address) {
  return UniqueFd(::socket(address.is_v6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
}

bool listens(int fd) {
  int answer = 0;
  socklen_t length = sizeof(answer);
  return ::getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &answer, &length) == 0 && answer == 1;
}

void forget_variables() {
  for (const char* name : {"LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"})
    ::unsetenv(name);
}

}  // namespace

std::string TcpAddress::text() const {
  return (is_v6 ? "[" + ip + "]" : ip) + ":" + std::to_string(port);
}

bool TcpAddress::is_loopback() const { return is_v6 ? ip == "::1" : ip.starts_with("127."); }

bool TcpAddress::is_any() const { return ip == "0.0.0.0" || ip == "::"; }

Result<TcpAddress> parse_tcp_address(std::string_view text) {
  const Error error{Errc::InvalidArgument, 0,
                    "cannot use address " + std::string(text) +
                        ": it must be IP:PORT or [IPV6]:PORT, such as 127.0.0.1:5000"};
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return error;
  const auto port = parse_number<std::uint16_t>(text.substr(colon + 1));
  std::string ip(text.substr(0, colon));
  if (!port) return error;
  if (ip == "localhost") ip = "127.0.0.1";
  if (const auto address = v4(ip)) return TcpAddress{text_of(AF_INET, &*address), *port, false};
  if (!ip.starts_with('[') || !ip.ends_with(']')) return error;
  const auto address = v6(ip.substr(1, ip.size() - 2));
  if (!address) return error;
  return TcpAddress{text_of(AF_INET6, &*address), *port, true};
}

Result<UniqueFd> listen_tcp(const TcpAddress& address, int backlog) {
  UniqueFd socket = new_socket(address);
  if (!socket.is_open()) return os_error("cannot create a socket", errno);
  const int yes = 1;
  ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
  if (address.is_v6) ::setsockopt(socket.get(), IPPROTO_IPV6, IPV6_V6ONLY, &yes, sizeof(yes));
  Raw raw = raw_of(address);
  if (::bind(socket.get(), raw.address(), raw.length) != 0 ||
      ::listen(socket.get(), backlog) != 0) {
    return os_error("cannot listen on " + address.text(), errno);
  }
  return socket;
}

Result<TcpAddress> local_address(int socket) {
  Raw raw;
  if (::getsockname(socket, raw.address(), &raw.length) != 0)
    return os_error("cannot tell where a socket is bound", errno);
  if (raw.storage.ss_family == AF_INET6) {
    sockaddr_in6 in6{};
    std::memcpy(&in6, &raw.storage, sizeof(in6));
    return TcpAddress{text_of(AF_INET6, &in6.sin6_addr), ntohs(in6.sin6_port), true};
  }
  if (raw.storage.ss_family == AF_INET) {
    sockaddr_in in{};
    std::memcpy(&in, &raw.storage, sizeof(in));
    return TcpAddress{text_of(AF_INET, &in.sin_addr), ntohs(in.sin_port), false};
  }
  return Error{Errc::InvalidArgument, 0, "cannot tell where a socket is bound: it is not TCP"};
}

Result<UniqueFd> connect_tcp(const TcpAddress& address) {
  UniqueFd socket = new_socket(address);
  if (!socket.is_open()) return os_error("cannot create a socket", errno);
  Raw raw = raw_of(address);
  if (::connect(socket.get(), raw.address(), raw.length) != 0)
    return os_error("cannot connect to " + address.text(), errno);
  return socket;
}

void send_without_delay(int socket) {
  const int yes = 1;
  ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
}

Result<std::vector<InheritedSocket>> take_inherited_sockets() {
  const auto pid = parse_number<pid_t>(environment_variable("LISTEN_PID"));
  const auto count = parse_number<int>(environment_variable("LISTEN_FDS"));
  const std::string name_list = environment_variable("LISTEN_FDNAMES");
  forget_variables();
  std::vector<InheritedSocket> sockets;
  if (pid != own_pid() || !count) return sockets;
  const auto names = split(name_list, ':');
  for (int number = 0; number < *count; ++number) {
    const int fd = kFirstInherited + number;
    if (!listens(fd)) {
      return Error{Errc::InvalidArgument, 0,
                   "cannot use descriptor " + std::to_string(fd) +
                       " of $LISTEN_FDS: it is no listening socket"};
    }
    ::fcntl(fd, F_SETFD, FD_CLOEXEC);
    const auto at = static_cast<std::size_t>(number);
    const bool is_named = at < names.size() && !names[at].empty();
    sockets.push_back({UniqueFd(fd), is_named ? std::string(names[at]) : "unknown"});
  }
  return sockets;
}

}  // namespace gaffer::os
