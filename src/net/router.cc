#include "net/router.h"

#include <optional>
#include <set>

#include "base/assert.h"

namespace gaffer::net {
namespace {

bool is_parameter(std::string_view segment) {
  return segment.size() > 2 && segment.starts_with('{') && segment.ends_with('}');
}

std::optional<Router::Parameters> match(const std::vector<std::string>& pattern,
                                        const std::vector<std::string>& path) {
  if (pattern.size() != path.size()) return std::nullopt;
  Router::Parameters parameters;
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (is_parameter(pattern[i]) && !path[i].empty()) {
      parameters[pattern[i].substr(1, pattern[i].size() - 2)] = path[i];
    } else if (pattern[i] != path[i]) {
      return std::nullopt;
    }
  }
  return parameters;
}

// Both texts are our own, without anything to escape.
Response error_response(int status, const char* error, const char* reason) {
  return json_response(status,
                       std::string(R"({"error":")") + error + R"(","reason":")" + reason + "\"}\n");
}

Response with_allow(Response response, std::set<std::string> methods) {
  methods.insert("OPTIONS");
  if (methods.contains("GET")) methods.insert("HEAD");
  std::string allow;
  for (const std::string& method : methods) {
    allow += (allow.empty() ? "" : ", ") + method;
  }
  response.headers.push_back({"Allow", std::move(allow)});
  return response;
}

}  // namespace

void Router::add(std::string_view method, std::string_view pattern) {
  auto segments = path_segments(pattern);
  GAFFER_ASSERT(segments.has_value(), "a pattern is a path");
  routes_.push_back({std::string(method), std::move(*segments)});
}

std::variant<Router::Match, Response> Router::find(const Request& request) const {
  const auto path = path_segments(request.path);
  if (!path) return error_response(400, "bad_request", "the path cannot be decoded");
  const std::string& method = request.method;
  std::set<std::string> allowed;
  for (std::size_t number = 0; number < routes_.size(); ++number) {
    const Route& route = routes_[number];
    auto parameters = match(route.segments, *path);
    if (!parameters) continue;
    if (route.method == method || (method == "HEAD" && route.method == "GET"))
      return Match{number, *std::move(parameters)};
    allowed.insert(route.method);
  }
  if (allowed.empty()) return error_response(404, "not_found", "there is nothing at this path");
  if (method == "OPTIONS") return with_allow({.status = 204}, std::move(allowed));
  return with_allow(
      error_response(405, "method_not_allowed", "the path is known, but not with this method"),
      std::move(allowed));
}

}  // namespace gaffer::net
