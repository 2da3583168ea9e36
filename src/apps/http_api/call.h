#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "gaffer/result.h"
#include "net/exchange.h"
#include "net/router.h"
#include "wire/api.h"

namespace gaffer::apps {

/// Who asks, and what they may do.
struct Caller {
  std::string name;  ///< For people: `uid 1000`, the name of a token.
  wire::Scopes scopes;
  std::vector<std::string> targets;  ///< `web` and `shop:*`: what they may see; empty: all.
  std::string token_id;              ///< Empty where none was wanted.

  /// Whether a template is among the targets.
  [[nodiscard]] bool sees(std::string_view name_of_template) const;
};

/// A request that its route has let pass: known parameters with values of their kinds, a caller who
/// may ask for this and sees what the path names.
struct Call {
  net::Exchange exchange;
  net::Router::Parameters parameters;  ///< Of the path. `{name}` and `{group}` are `target` too.
  Caller caller;
  const wire::Route* route = nullptr;

  [[nodiscard]] const std::string& parameter(const std::string& name) const {
    return parameters.at(name);
  }
  /// Whether a flag of the query is there and set.
  [[nodiscard]] bool flag(std::string_view name) const;
  void reply(const net::Response& response) { exchange.reply(response); }
};

net::Response error_response(int status, std::string_view error, std::string_view reason);

/// `bad value "x" of feed: use …`, InvalidArgument.
Error bad_query(std::string_view name, std::string_view value, std::string_view right);

/// The status that fits: 404 `not_found`, 400 `bad_value`, 409 `conflict`, 403 `forbidden`.
net::Response error_response(const Error& error);

}  // namespace gaffer::apps
