#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "net/http_message.h"

namespace gaffer::net {

/// Finds the route for a request by method and path. HEAD is served by GET's route.
class Router {
 public:
  /// What stood in the place of each `{name}`, decoded.
  using Parameters = std::map<std::string, std::string>;

  /// Adds a route such as `GET /processes/{name}/_start`, the next in number from 0. A parameter is
  /// a whole, non-empty segment. Where several patterns fit, the one added first is taken.
  /// REQUIRES: the pattern starts with a slash.
  void add(std::string_view method, std::string_view pattern);

  struct Match {
    std::size_t route = 0;
    Parameters parameters;
    bool operator==(const Match&) const = default;
  };
  /// The route, or the answer where there is none: 404 for a path that fits no pattern, 405 for one
  /// that fits but not with that method, both as `{"error":…,"reason":…}`; to OPTIONS the methods.
  [[nodiscard]] std::variant<Match, Response> find(const Request& request) const;

 private:
  struct Route {
    std::string method;
    std::vector<std::string> segments;
  };
  std::vector<Route> routes_;
};

}  // namespace gaffer::net
