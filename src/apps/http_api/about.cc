#include <string>
#include <vector>

#include "apps/http_api/handlers.h"
#include "apps/http_api/http_api.h"
#include "os/host.h"
#include "os/proc_fs.h"
#include "wire/daemon.h"
#include "wire/json_writer.h"
#include "wire/metrics.h"

namespace gaffer::apps {

void welcome(HttpApi& /*api*/, Call call) {
  call.reply(net::json_response(200, R"({"welcome":"gaffer","version":")" GAFFER_VERSION "\"}"));
}

void ping(HttpApi& /*api*/, Call call) { call.reply(net::text_response(200, "OK")); }

void version(HttpApi& /*api*/, Call call) {
  call.reply(net::json_response(200, R"({"name":"gaffer","version":")" GAFFER_VERSION "\"}"));
}

void daemon(HttpApi& api, Call call) {
  call.reply(net::json_response(200, wire::daemon_document({.version = GAFFER_VERSION,
                                                            .pid = os::own_pid(),
                                                            .revision = api.manager().revision(),
                                                            .webhooks = api.webhooks()})));
}

void openapi(HttpApi& api, Call call) { call.reply(net::json_response(200, api.openapi())); }

void health(HttpApi& api, Call call) {
  wire::JsonWriter json;
  bool is_well = true;
  json.object().key("failed").array();
  for (const TemplateInfo& info : api.visible(call.caller)) {
    for (const ProcessInfo& process : info.processes) {
      if (process.state != ProcessState::Failed) continue;
      is_well = false;
      json.text(process.name + "." + std::to_string(process.slot));
    }
  }
  json.end_array().key("ok").boolean(is_well).end_object();
  call.reply(net::json_response(is_well ? 200 : 503, json.take()));
}

void metrics(HttpApi& api, Call call) {
  wire::DaemonMetrics daemon{.revision = api.manager().revision(), .webhooks = api.webhooks()};
  if (const auto usage = os::read_proc_usage(os::own_pid()))
    daemon.resident_bytes = usage->resident_bytes;
  for (const Endpoints::Open& open : api.endpoints().all())
    daemon.connections += open.connections;
  auto stats = api.manager().stats("*", {.identity = false}).value();
  std::erase_if(stats, [&](const auto& one) { return !call.caller.sees(one.name); });
  call.reply({.status = 200,
              .headers = {{"Content-Type", "text/plain; version=0.0.4; charset=utf-8"}},
              .body = wire::metrics_document(api.visible(call.caller), stats, daemon)});
}

}  // namespace gaffer::apps
