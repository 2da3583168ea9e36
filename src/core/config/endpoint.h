#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gaffer::config {

/// Where the API is served beside gafferd's own socket: a section `[endpoint:NAME]`.
struct EndpointConfig {
  std::string name;                  ///< As that of a stream: it may stand in a file's name.
  std::string bind;                  ///< `127.0.0.1:5000`, `[::1]:5000`, `unix:/path`.
  std::vector<std::string> hosts;    ///< Further values of Host, with their port.
  std::vector<std::string> origins;  ///< Whose pages may ask: `https://console.example.com`.
  std::string certfile;              ///< TLS: the certificate with its chain, PEM.
  std::string keyfile;               ///< Its key.
  std::string cafile;                ///< Who signs certificates of clients; empty: they need none.
  int backlog = 128;                 ///< Clients that wait to be accepted, 1 … 65,535.
  unsigned mode = 0600;              ///< Of a unix socket.
  std::optional<bool> tokens;        ///< Whether one is wanted; over TCP it always is.

  bool operator==(const EndpointConfig&) const = default;
};

/// Sets a key of a section; files are relative to `directory`. Returns what is wrong with it and what would be right.
std::optional<std::string> set_endpoint_key(EndpointConfig& endpoint, std::string_view key,
                                            std::string_view value,
                                            std::string_view directory = "");

/// What is wrong with an endpoint as a whole; nothing if it may be opened.
std::optional<std::string> wrong_with_endpoint(const EndpointConfig& endpoint);

/// The pieces of `a, b`, trimmed, empty ones left out.
std::vector<std::string> comma_list(std::string_view text);

}  // namespace gaffer::config
