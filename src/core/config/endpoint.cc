#include "core/config/endpoint.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "base/strings.h"
#include "core/config/names.h"
#include "core/config/text.h"

namespace gaffer::config {
namespace {

constexpr int kMaxBacklog = 65'535;
constexpr std::string_view kUnix = "unix:";
constexpr unsigned kAllModes = 0666;

std::string lower(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return result;
}

std::optional<std::string> must_be(std::string_view key, std::string_view value,
                                   std::string_view right) {
  return std::string(key) + " is " + in_quotes(value) + ": it must be " + std::string(right);
}

std::string absolute(std::string_view path, std::string_view directory) {
  if (path.starts_with('/') || directory.empty()) return std::string(path);
  return std::string(directory).append("/").append(path);
}

bool is_origin(std::string_view text) {
  const auto scheme = text.find("://");
  if (scheme == std::string_view::npos) return false;
  const std::string_view rest = text.substr(scheme + 3);
  return (text.starts_with("http://") || text.starts_with("https://")) && !rest.empty() &&
         rest.find('/') == std::string_view::npos;
}

std::optional<std::string> set_origins(EndpointConfig& endpoint, std::string_view value) {
  endpoint.origins = comma_list(lower(value));
  for (const std::string& origin : endpoint.origins) {
    if (!is_origin(origin))
      return must_be("origins", origin, "like https://console.example.com, without a path");
  }
  return std::nullopt;
}

std::optional<std::string> set_backlog(EndpointConfig& endpoint, std::string_view value) {
  const auto backlog = parse_number<int>(value);
  if (!backlog || *backlog < 1 || *backlog > kMaxBacklog)
    return must_be("backlog", value, "a number from 1 to 65535");
  endpoint.backlog = *backlog;
  return std::nullopt;
}

std::optional<std::string> set_mode(EndpointConfig& endpoint, std::string_view value) {
  const bool is_octal = !value.empty() && value.size() <= 4 &&
                        value.find_first_not_of("01234567") == std::string_view::npos;
  unsigned mode = 0;
  for (const char digit : value)
    mode = mode * 8 + static_cast<unsigned>(digit - '0');
  if (!is_octal || (mode & ~kAllModes) != 0)
    return must_be("mode", value, "octal, for reading and writing only, such as 0660");
  endpoint.mode = mode;
  return std::nullopt;
}

std::optional<std::string> set_tokens(EndpointConfig& endpoint, std::string_view value) {
  if (value != "true" && value != "false") return must_be("tokens", value, "true or false");
  endpoint.tokens = value == "true";
  return std::nullopt;
}

}  // namespace

std::vector<std::string> comma_list(std::string_view text) {
  std::vector<std::string> pieces;
  for (const std::string_view piece : split(text, ',')) {
    if (!trim(piece).empty()) pieces.emplace_back(trim(piece));
  }
  return pieces;
}

std::optional<std::string> set_endpoint_key(EndpointConfig& endpoint, std::string_view key,
                                            std::string_view value, std::string_view directory) {
  constexpr std::array<std::string_view, 9> kKeys = {
      "bind", "hosts", "origins", "certfile", "keyfile", "cafile", "backlog", "mode", "tokens"};
  if (key == "origins") return set_origins(endpoint, value);
  if (key == "backlog") return set_backlog(endpoint, value);
  if (key == "mode") return set_mode(endpoint, value);
  if (key == "tokens") return set_tokens(endpoint, value);
  if (key == "certfile") {
    endpoint.certfile = absolute(value, directory);
  } else if (key == "keyfile") {
    endpoint.keyfile = absolute(value, directory);
  } else if (key == "cafile") {
    endpoint.cafile = absolute(value, directory);
  } else if (key == "hosts") {
    endpoint.hosts = comma_list(lower(value));
  } else if (key == "bind") {
    endpoint.bind = value;
  } else {
    return "unknown key " + in_quotes(key) + did_you_mean(key, kKeys);
  }
  return std::nullopt;
}

std::optional<std::string> wrong_with_endpoint(const EndpointConfig& endpoint) {
  const bool is_unix = endpoint.bind.starts_with(kUnix);
  if (auto wrong = wrong_with_label("name", endpoint.name)) return wrong;
  if (endpoint.name == "local")
    return "an endpoint cannot be called local: that is gafferd's own socket";
  if (endpoint.bind.empty())
    return "bind is missing: it must be like 127.0.0.1:5000, [::1]:5000 or unix:/path";
  if (is_unix && !endpoint.bind.substr(kUnix.size()).starts_with('/'))
    return must_be("bind", endpoint.bind, "unix: and an absolute path");
  if (!is_unix && endpoint.tokens == false)
    return "tokens is false: over TCP a token is always wanted, also on loopback";
  if (endpoint.certfile.empty() != endpoint.keyfile.empty())
    return "certfile and keyfile must both be there, or none";
  if (!endpoint.cafile.empty() && endpoint.certfile.empty())
    return "cafile asks clients for certificates: it needs certfile and keyfile";
  if (is_unix && (endpoint.mode & 0077U) != 0 && endpoint.tokens != true)
    return "mode lets other users in: it needs tokens = true";
  return std::nullopt;
}

}  // namespace gaffer::config
