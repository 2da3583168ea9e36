#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gaffer/result.h"
#include "wire/api.h"

/// \file
/// Tokens, as the API lists them and as they are kept: `{"tokens": [{"id": "k3f…", "name": "ci",
/// "scopes": ["read"], "targets": ["shop:*"], "created": 1763800000, "last_used": null}]}`. The
/// file has the hash as well.

namespace gaffer::wire {

/// A token, all of it but the secret, which nobody keeps.
struct Token {
  std::string id;    ///< A part of the secret that is none.
  std::string name;  ///< For people.
  std::string hash;  ///< SHA-256 of the secret, in hexadecimal digits.
  Scopes scopes;
  std::vector<std::string> targets;  ///< `web`, `shop:*`; none: everything.
  std::chrono::system_clock::time_point created;
  std::optional<std::chrono::system_clock::time_point> last_used;
};

enum class Hashes : bool { Hidden, Shown };
std::string tokens_document(const std::vector<Token>& tokens, Hashes hashes);

/// Reads such a document, with hashes or without.
/// ERRORS: Protocol.
Result<std::vector<Token>> parse_tokens_document(std::string_view text);

/// What asks for a token: `{"name": "ci", "scopes": ["read"], "targets": ["shop:*"]}`.
std::string token_request(std::string_view name, const std::vector<std::string>& scopes,
                          const std::vector<std::string>& targets);

/// The secret in the answer to that.
/// ERRORS: Protocol.
Result<std::string> secret_in(std::string_view answer);

/// A line of the audit: `{"at": 1763800000, "who": "token ci", "what": "POST /processes/web/_stop"}`.
std::string audit_line(std::chrono::system_clock::time_point at, std::string_view who,
                       std::string_view what);

}  // namespace gaffer::wire
