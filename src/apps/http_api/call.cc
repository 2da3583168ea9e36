#include "apps/http_api/call.h"

#include <algorithm>

#include "wire/status.h"

namespace gaffer::apps {

bool Caller::sees(std::string_view name_of_template) const {
  if (targets.empty()) return true;
  return std::ranges::any_of(targets, [name_of_template](std::string_view target) {
    if (!target.ends_with(":*")) return target == name_of_template;
    return name_of_template.starts_with(target.substr(0, target.size() - 1));
  });
}

bool Call::flag(std::string_view name) const {
  const std::string* value = exchange.request().query_value(name);
  return value != nullptr && (*value == "true" || *value == "1");
}

net::Response error_response(int status, std::string_view error, std::string_view reason) {
  return net::json_response(status, wire::error_document(error, reason));
}

Error bad_query(std::string_view name, std::string_view value, std::string_view right) {
  return {Errc::InvalidArgument, 0,
          "bad value \"" + std::string(value) + "\" of " + std::string(name) + ": use " +
              std::string(right)};
}

net::Response error_response(const Error& error) {
  switch (error.code) {
    case Errc::NotFound:
      return error_response(404, "not_found", error.message);
    case Errc::InvalidArgument:
      return error_response(400, "bad_value", error.message);
    case Errc::AlreadyExists:
    case Errc::NotRunning:
      return error_response(409, "conflict", error.message);
    case Errc::PermissionDenied:
      return error_response(403, "forbidden", error.message);
    case Errc::Busy:
    case Errc::LimitReached:
      return error_response(503, "busy", error.message);
    default:
      return error_response(500, "failed", error.message);
  }
}

}  // namespace gaffer::apps
