#include "wire/status.h"

#include <algorithm>
#include <set>

#include "apps/http_api/handlers.h"
#include "apps/http_api/http_api.h"
#include "core/config/names.h"
#include "wire/json_writer.h"
#include "wire/templates.h"

namespace gaffer::apps {
namespace {

template <typename Texts>
std::string text_array(const Texts& texts) {
  wire::JsonWriter json;
  json.array();
  for (const auto& text : texts)
    json.text(text);
  return json.end_array().take();
}

void write_pids(wire::JsonWriter& json, const std::vector<TemplateInfo>& infos) {
  json.array();
  for (const TemplateInfo& info : infos) {
    for (const ProcessInfo& process : info.processes) {
      if (process.os_pid != 0) json.number(process.pid);
    }
  }
  json.end_array();
}

/// Weak comparison, as If-None-Match asks for (RFC 9110 §13.1.2).
bool is_known(const net::Request& request, std::string_view tag) {
  const std::string* known = request.header("If-None-Match");
  if (known == nullptr) return false;
  tag.remove_prefix(tag.find('"'));
  return *known == "*" || known->find(tag) != std::string::npos;
}

}  // namespace

void status(HttpApi& api, Call call) {
  const auto infos = api.visible(call.caller);
  const std::string tag = wire::status_tag(infos);
  net::Response response = is_known(call.exchange.request(), tag)
                               ? net::Response{.status = 304}
                               : net::json_response(200, wire::status_document(infos));
  response.headers.push_back({"ETag", tag});
  response.headers.push_back({"Cache-Control", "no-cache"});
  call.reply(response);
}

void status_of(HttpApi& api, Call call) {
  const auto infos = api.manager().infos(call.parameter("target"));
  call.reply(infos ? net::json_response(200, wire::status_document(*infos))
                   : error_response(infos.error()));
}

void list_processes(HttpApi& api, Call call) {
  const auto infos = api.visible(call.caller);
  if (call.flag("full"))
    return call.reply(net::json_response(200, wire::templates_document(infos)));
  if (call.flag("running")) {
    wire::JsonWriter json;
    write_pids(json, infos);
    return call.reply(net::json_response(200, json.take()));
  }
  std::vector<std::string_view> names;
  names.reserve(infos.size());
  for (const TemplateInfo& info : infos)
    names.emplace_back(info.process_template.name);
  call.reply(net::json_response(200, text_array(names)));
}

void get_process(HttpApi& api, Call call) {
  const std::string* reveal = call.exchange.request().query_value("reveal");
  if (reveal != nullptr && *reveal != "env")
    return call.reply(error_response(400, "bad_value", "bad value of reveal: use env"));
  if (reveal != nullptr && !wire::allows(call.caller.scopes, wire::Scope::Admin))
    return call.reply(error_response(403, "forbidden", "reveal needs the scope admin"));
  const std::string& target = call.parameter("target");
  if (const auto info = api.manager().info(target)) {
    const auto secrets = reveal != nullptr ? wire::Secrets::Shown : wire::Secrets::Hidden;
    return call.reply(
        net::json_response(200, wire::template_document(info->process_template, secrets)));
  }
  const auto infos = api.manager().infos(target);
  if (!infos) return call.reply(error_response(infos.error()));
  const bool is_one =
      infos->size() == 1 && infos->front().processes.size() == 1 && !target.ends_with('*');
  if (!is_one) {
    return call.reply(
        error_response(400, "bad_value", target + " is not one template or one process"));
  }
  call.reply(net::json_response(200, wire::process_document(infos->front().processes.front())));
}

void pids(HttpApi& api, Call call) {
  const auto infos = api.manager().infos(call.parameter("target"));
  if (!infos) return call.reply(error_response(infos.error()));
  wire::JsonWriter json;
  json.object().key("ok").boolean(true).key("pids");
  write_pids(json, *infos);
  call.reply(net::json_response(200, json.end_object().take()));
}

void groups(HttpApi& api, Call call) {
  std::set<std::string> names;
  for (const TemplateInfo& info : api.visible(call.caller)) {
    const std::string_view name = config::group_of(info.process_template.name);
    if (!name.empty()) names.emplace(name);
  }
  call.reply(net::json_response(200, text_array(names)));
}

void group(HttpApi& api, Call call) {
  const auto infos = api.manager().infos(call.parameter("target"));
  if (!infos) return call.reply(error_response(infos.error()));
  std::vector<std::string_view> names;
  names.reserve(infos->size());
  for (const TemplateInfo& info : *infos)
    names.emplace_back(info.process_template.name);
  call.reply(net::json_response(200, text_array(names)));
}

}  // namespace gaffer::apps
