#pragma once

#include <span>

#include "apps/http_api/call.h"
#include "wire/api.h"

namespace gaffer::apps {

class HttpApi;

/// What a route is, and what it does.
struct Route {
  wire::Route about;
  void (*handle)(HttpApi& api, Call call);
};

/// Every route of the API.
std::span<const Route> routes();

}  // namespace gaffer::apps
