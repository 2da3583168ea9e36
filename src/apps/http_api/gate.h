#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "apps/http_api/call.h"
#include "apps/http_api/tokens.h"
#include "net/http_message.h"

namespace gaffer::apps {

/// Who is let in at an endpoint.
struct Gate {
  bool wants_token = true;
  /// What Host may say, in lower case, with the port: `127.0.0.1:5000`. A name that somebody else's
  /// name server sends here is not among them (DNS rebinding). Empty: anything, where no browser
  /// comes.
  std::vector<std::string> hosts;
  /// Whose pages may ask: `https://console.example.com`. Pages of our own may in any case.
  std::vector<std::string> origins;
  bool has_tls = false;
  Caller local;  ///< Who asks where no token is wanted.
};

/// The caller, or the answer to one who is not let in: 421 for a host that is not ours, 403 for a
/// foreign page, 401 without a token that holds.
std::variant<Caller, net::Response> admit(const Gate& gate, Tokens& tokens,
                                          const net::Request& request, WallTime now);

/// What is added to every answer to a page that the gate's owner has named, so that its browser lets
/// it see them; nothing for others.
net::Headers headers_for_page(const Gate& gate, const net::Request& request);

/// The answer to a browser that asks whether a page may ask, which it does without a token; nothing
/// to all else.
std::optional<net::Response> preflight_answer(const Gate& gate, const net::Request& request);

/// Whether the request comes from a page that the gate's owner has named.
bool is_named_origin(const Gate& gate, std::string_view origin);

}  // namespace gaffer::apps
