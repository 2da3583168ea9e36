#include "apps/http_api/gate.h"

#include <algorithm>
#include <cctype>

#include "base/strings.h"

namespace gaffer::apps {
namespace {

std::string lower(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return result;
}

bool is_own_host(const Gate& gate, const net::Request& request) {
  const std::string* host = request.header("Host");
  return gate.hosts.empty() ||
         (host != nullptr && std::ranges::find(gate.hosts, lower(*host)) != gate.hosts.end());
}

// A page of ours names the host that it came from, which has been looked at before.
bool is_own_page(const Gate& gate, const net::Request& request, std::string_view origin) {
  const std::string* host = request.header("Host");
  return !gate.hosts.empty() && host != nullptr &&
         lower(origin) == (gate.has_tls ? "https://" : "http://") + lower(*host);
}

net::Response no_token(std::string_view reason) {
  net::Response response = error_response(401, "unauthorized", reason);
  response.headers.push_back({"WWW-Authenticate", "Bearer"});
  return response;
}

/// A page cannot send Authorization with a WebSocket, but it can offer subprotocols.
std::string_view secret_in_subprotocols(const net::Request& request) {
  const std::string* offered = request.header("Sec-WebSocket-Protocol");
  if (offered == nullptr) return {};
  for (const std::string_view word : split(*offered, ',')) {
    if (Tokens::is_secret(trim(word))) return trim(word);
  }
  return {};
}

/// The secret in `Authorization: Bearer …`; empty if there is none.
std::string_view secret_of(const net::Request& request) {
  constexpr std::string_view kScheme = "bearer ";
  const std::string* given = request.header("Authorization");
  if (given == nullptr) return secret_in_subprotocols(request);
  if (!lower(*given).starts_with(kScheme)) return {};
  return trim(std::string_view(*given).substr(kScheme.size()));
}

}  // namespace

bool is_named_origin(const Gate& gate, std::string_view origin) {
  return std::ranges::find(gate.origins, lower(origin)) != gate.origins.end();
}

net::Headers headers_for_page(const Gate& gate, const net::Request& request) {
  const std::string* origin = request.header("Origin");
  if (origin == nullptr || !is_named_origin(gate, *origin)) return {};
  return {{"Access-Control-Allow-Origin", *origin},
          {"Access-Control-Expose-Headers", "ETag, WWW-Authenticate"},
          {"Vary", "Origin"}};
}

std::optional<net::Response> preflight_answer(const Gate& gate, const net::Request& request) {
  const std::string* origin = request.header("Origin");
  const bool is_preflight = request.method == "OPTIONS" && origin != nullptr &&
                            request.header("Access-Control-Request-Method") != nullptr;
  if (!is_preflight || !is_own_host(gate, request) || !is_named_origin(gate, *origin))
    return std::nullopt;
  return net::Response{.status = 204,
                       .headers = {{"Access-Control-Allow-Methods", "GET, HEAD, POST, PUT, DELETE"},
                                   {"Access-Control-Allow-Headers",
                                    "Authorization, Content-Type, If-None-Match, Last-Event-ID"},
                                   {"Access-Control-Max-Age", "600"}},
                       .body = {}};
}

std::variant<Caller, net::Response> admit(const Gate& gate, Tokens& tokens,
                                          const net::Request& request, WallTime now) {
  if (!is_own_host(gate, request)) {
    return error_response(421, "misdirected",
                          "this host is not served here: the endpoint's `hosts` may name it");
  }
  const std::string* origin = request.header("Origin");
  if (origin != nullptr && !is_own_page(gate, request, *origin) &&
      !is_named_origin(gate, *origin)) {
    return error_response(403, "foreign_origin",
                          "no page from there may ask: the endpoint's `origins` may name it");
  }
  if (!gate.wants_token) return gate.local;
  const std::string_view secret = secret_of(request);
  if (secret.empty()) return no_token("a token is needed: Authorization: Bearer …");
  const wire::Token* token = tokens.find(secret, now);
  if (token == nullptr) return no_token("no such token");
  return Caller{"token " + token->name, token->scopes, token->targets, token->id};
}

}  // namespace gaffer::apps
