#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "net/exchange.h"

namespace gaffer::net {

/// Finds the handler for a request by method and path. A path that fits no pattern is answered with
/// 404, one that fits but not with that method with 405; both with `{"error":…,"reason":…}`. HEAD
/// is served by GET's handler, OPTIONS by the router itself.
class Router {
 public:
  /// What stood in the place of each `{name}`, decoded.
  using Parameters = std::map<std::string, std::string>;
  using Handler = std::function<void(Exchange, const Parameters&)>;

  /// Adds a route such as `GET /processes/{name}/_start`. A parameter is a whole, non-empty
  /// segment. Where several patterns fit, the one added first is taken.
  /// REQUIRES: the pattern starts with a slash.
  void add(std::string method, std::string_view pattern, Handler handler);

  /// CALLS: one handler, at once; it may destroy the router.
  void dispatch(Exchange exchange) const;

 private:
  struct Route {
    std::string method;
    std::vector<std::string> segments;
    std::shared_ptr<const Handler> handler;
  };
  std::vector<Route> routes_;
};

}  // namespace gaffer::net
