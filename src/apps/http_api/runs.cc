#include "wire/runs.h"

#include <algorithm>
#include <string>

#include "apps/http_api/handlers.h"
#include "apps/http_api/http_api.h"
#include "base/strings.h"

namespace gaffer::apps {

void runs(HttpApi& api, Call call) {
  constexpr std::size_t kUsual = 20;
  constexpr std::size_t kMost = 1000;
  std::size_t count = kUsual;
  if (const std::string* given = call.exchange.request().query_value("count"))
    count = std::min(parse_number<std::size_t>(*given).value_or(kMost), kMost);
  const auto found = api.runs(call.parameter("name"), count);
  call.reply(found ? net::json_response(200, wire::runs_document(*found))
                   : error_response(found.error()));
}

}  // namespace gaffer::apps
