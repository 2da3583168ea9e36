#include "apps/http_api/handlers.h"
#include "apps/http_api/http_api.h"

namespace gaffer::apps {

void welcome(HttpApi& /*api*/, Call call) {
  call.reply(net::json_response(200, R"({"welcome":"gaffer","version":")" GAFFER_VERSION "\"}"));
}

void ping(HttpApi& /*api*/, Call call) { call.reply(net::text_response(200, "OK")); }

void version(HttpApi& /*api*/, Call call) {
  call.reply(net::json_response(200, R"({"name":"gaffer","version":")" GAFFER_VERSION "\"}"));
}

void openapi(HttpApi& api, Call call) { call.reply(net::json_response(200, api.openapi())); }

}  // namespace gaffer::apps
