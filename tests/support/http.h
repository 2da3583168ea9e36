#pragma once

#include <sys/socket.h>
#include <sys/time.h>

#include <string>
#include <string_view>

#include "net/http_message.h"
#include "net/response_parser.h"
#include "os/sockets.h"
#include "support/command.h"

namespace gaffer::test {

/// What a client sends besides its request line.
struct Sent {
  net::Headers headers;  ///< Beside Host and Content-Length.
  std::string body;
  std::string host;  ///< Empty: localhost.
};

/// A whole answer, its body included; status 0 when there is none in time.
inline net::Response http(const os::UniqueFd& socket, const std::string& request_line,
                          const Sent& sent = {}) {
  const timeval patience{.tv_sec = kPatience.count(), .tv_usec = 0};
  ::setsockopt(socket.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
  std::string bytes =
      request_line + " HTTP/1.1\r\nHost: " + (sent.host.empty() ? "localhost" : sent.host) + "\r\n";
  for (const net::Header& header : sent.headers)
    bytes += header.name + ": " + header.value + "\r\n";
  if (!sent.body.empty()) bytes += "Content-Length: " + std::to_string(sent.body.size()) + "\r\n";
  (void)os::send_all(socket.get(),
                     bytes + "\r\n" + sent.body);  // It may be refused before its end.
  using Body = net::ResponseParser::Body;
  net::ResponseParser parser(request_line.starts_with("HEAD") ? Body::None : Body::Expected);
  while (!parser.is_complete()) {
    const auto received = os::receive(socket.get());
    if (!received) return {.status = 0};
    if (!(received->empty() ? parser.finish() : parser.feed(*received))) return {.status = 0};
  }
  net::Response response = *parser.head();
  response.body = parser.take_body();
  return response;
}

inline Sent json_body(std::string body) {
  return {.headers = {{"Content-Type", "application/json"}}, .body = std::move(body)};
}

}  // namespace gaffer::test
