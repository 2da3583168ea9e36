#pragma once

#include <sys/socket.h>
#include <sys/time.h>

#include <optional>
#include <string>
#include <vector>

#include "net/response_parser.h"
#include "os/sockets.h"
#include "support/command.h"
#include "wire/status.h"

namespace gaffer::test {

/// The body of gafferd's answer to `GET /ping`; nothing when there is none in time, or when it is
/// an error. For tests that ask so often that running `gaffer` would be too dear.
inline std::optional<std::string> ask(const std::string& socket_path, const std::string& request) {
  const auto socket = os::connect_unix(socket_path);
  if (!socket) return std::nullopt;
  const timeval patience{.tv_sec = kPatience.count(), .tv_usec = 0};
  ::setsockopt(socket->get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
  const std::string head = request + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n";
  if (!os::send_all(socket->get(), head)) return std::nullopt;
  net::ResponseParser parser;
  while (!parser.is_complete()) {
    const auto bytes = os::receive(socket->get());
    if (!bytes || bytes->empty() || !parser.feed(*bytes)) return std::nullopt;
  }
  if (parser.head()->status != 200) return std::nullopt;
  return parser.take_body();
}

/// All templates; empty when gafferd did not answer.
inline std::vector<TemplateInfo> ask_status(const std::string& socket_path) {
  const auto document = ask(socket_path, "GET /status");
  auto parsed = wire::parse_status_document(document.value_or(R"({"templates": []})"));
  return parsed ? std::move(*parsed) : std::vector<TemplateInfo>();
}

}  // namespace gaffer::test
