#include "wire/templates.h"

#include <memory>
#include <utility>

#include "apps/http_api/handlers.h"
#include "apps/http_api/http_api.h"
#include "wire/daemon.h"
#include "wire/json_writer.h"
#include "wire/status.h"

namespace gaffer::apps {
namespace {

/// All that is wrong with a template, so that it can be put right in one go.
net::Response problems_response(const std::vector<config::Problem>& problems) {
  wire::JsonWriter json;
  json.object().key("error").text("bad_value").key("reason").text(problems.front().message);
  json.key("problems").array();
  for (const config::Problem& problem : problems) {
    json.object().key("key").text(problem.key);
    json.key("message").text(problem.message).end_object();
  }
  return net::json_response(400, json.end_array().end_object().take());
}

/// Answers once nothing of the target is under way any more.
void reply_later(HttpApi& api, Call call, const std::string& target,
                 const net::Response& response) {
  auto pending = std::make_shared<Call>(std::move(call));
  const auto waits =
      api.manager().when_settled(target, [pending, response] { pending->reply(response); });
  if (!waits) pending->reply(response);  // Gone already.
}

}  // namespace

void create(HttpApi& api, Call call) {
  auto reading = wire::parse_template_document(call.exchange.request().body);
  if (!reading.problems.empty()) return call.reply(problems_response(reading.problems));
  const std::string name = reading.process_template.name;
  if (!call.caller.sees(name))
    return call.reply(error_response(403, "forbidden", name + " is not for this token"));
  call.parameters["target"] = name;
  auto added = api.manager().add(std::move(reading.process_template));
  api.reply_when_settled(std::move(call), std::move(added));
}

void update(HttpApi& api, Call call) {
  const std::string name = call.parameter("target");
  auto reading = wire::parse_template_document(call.exchange.request().body, name);
  if (!reading.problems.empty()) return call.reply(problems_response(reading.problems));
  const auto updated = api.manager().update(std::move(reading.process_template));
  if (!updated) return call.reply(error_response(updated.error()));
  reply_later(api, std::move(call), name, net::json_response(200, wire::update_document(*updated)));
}

void remove(HttpApi& api, Call call) {
  const std::string target = call.parameter("target");
  const auto infos = api.manager().infos(target);
  if (!infos) return call.reply(error_response(infos.error()));
  const bool is_process =
      infos->size() == 1 && !api.manager().info(target) && !target.ends_with('*');
  const auto done = is_process ? api.manager().stop(target) : api.manager().remove(target);
  if (!done) return call.reply(error_response(done.error()));
  reply_later(api, std::move(call), target, net::json_response(200, R"({"ok":true})"));
}

void commit(HttpApi& api, Call call) {
  const auto fields = wire::read_fields(call.exchange.request().body, call.route->fields);
  if (!fields) return call.reply(error_response(fields.error()));
  std::map<std::string, std::string> env;
  if (const auto given = fields->find("env"); given != fields->end()) {
    for (const auto& [name, value] : std::get<config::Map>(given->second))
      env.emplace(name, config::text_of(value));
  }
  const auto pid = api.manager().run_once(call.parameter("target"), env);
  if (!pid) return call.reply(error_response(pid.error()));
  wire::JsonWriter json;
  json.object().key("ok").boolean(true).key("pid").number(*pid).end_object();
  call.reply(net::json_response(200, json.take()));
}

}  // namespace gaffer::apps
