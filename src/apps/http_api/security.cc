#include <utility>

#include "apps/http_api/handlers.h"
#include "apps/http_api/http_api.h"
#include "wire/json_writer.h"
#include "wire/tokens.h"

namespace gaffer::apps {
namespace {

std::string text_of(const wire::Fields& fields, const std::string& name) {
  const auto given = fields.find(name);
  return given == fields.end() ? "" : config::text_of(std::get<config::Scalar>(given->second));
}

std::vector<std::string> list_of(const wire::Fields& fields, const std::string& name) {
  std::vector<std::string> texts;
  const auto given = fields.find(name);
  if (given == fields.end()) return texts;
  for (const config::Scalar& scalar : std::get<config::List>(given->second))
    texts.push_back(config::text_of(scalar));
  return texts;
}

Result<Tokens::Wanted> wanted_token(const Call& call) {
  GAFFER_TRY(const auto fields,
             wire::read_fields(call.exchange.request().body, call.route->fields));
  Tokens::Wanted wanted{
      .name = text_of(fields, "name"), .scopes = {}, .targets = list_of(fields, "targets")};
  for (const std::string& name : list_of(fields, "scopes")) {
    const auto scope = wire::scope_of(name);
    if (!scope) {
      return Error{Errc::InvalidArgument, 0, "no scope " + name + ": use read, logs, write, admin"};
    }
    wanted.scopes.insert(*scope);
  }
  return wanted;
}

Result<config::EndpointConfig> wanted_endpoint(const Call& call) {
  GAFFER_TRY(const auto fields,
             wire::read_fields(call.exchange.request().body, call.route->fields));
  config::EndpointConfig endpoint{.name = text_of(fields, "name")};
  for (const auto& [key, value] : fields) {
    if (key == "name") continue;
    std::string text = text_of(fields, key);
    if (auto wrong = config::set_endpoint_key(endpoint, key, text))
      return Error{Errc::InvalidArgument, 0, *std::move(wrong)};
  }
  if (auto wrong = config::wrong_with_endpoint(endpoint))
    return Error{Errc::InvalidArgument, 0, *std::move(wrong)};
  return endpoint;
}

void reply_done(Call call, const Result<void>& done) {
  call.reply(done ? net::json_response(200, R"({"ok":true})") : error_response(done.error()));
}

}  // namespace

void list_tokens(HttpApi& api, Call call) {
  call.reply(
      net::json_response(200, wire::tokens_document(api.tokens().all(), wire::Hashes::Hidden)));
}

void create_token(HttpApi& api, Call call) {
  auto wanted = wanted_token(call);
  if (!wanted) return call.reply(error_response(wanted.error()));
  const auto secret = api.tokens().create(*std::move(wanted), api.clock().wall());
  if (!secret) return call.reply(error_response(secret.error()));
  wire::JsonWriter json;
  json.object().key("ok").boolean(true).key("token").text(*secret).end_object();
  call.reply(net::json_response(200, json.take()));
}

void revoke_token(HttpApi& api, Call call) {
  const auto done = api.tokens().revoke(call.parameter("token"));
  reply_done(std::move(call), done);
}

void list_endpoints(HttpApi& api, Call call) {
  wire::JsonWriter json;
  json.array();
  for (const Endpoints::Open& open : api.endpoints().all()) {
    json.object().key("name").text(open.name).key("address").text(open.address);
    json.key("connections").number(std::uint64_t{open.connections}).end_object();
  }
  call.reply(net::json_response(200, json.end_array().take()));
}

void open_endpoint(HttpApi& api, Call call) {
  const auto wanted = wanted_endpoint(call);
  if (!wanted) return call.reply(error_response(wanted.error()));
  if (const auto done = api.endpoints().open(*wanted); !done)
    return call.reply(error_response(done.error()));
  wire::JsonWriter json;
  json.object().key("ok").boolean(true);
  json.key("address").text(api.endpoints().all().back().address).end_object();
  call.reply(net::json_response(200, json.take()));
}

void reload_certificates(HttpApi& api, Call call) {
  const auto done = api.endpoints().reload_certificates();
  reply_done(std::move(call), done);
}

void close_endpoint(HttpApi& api, Call call) {
  const auto done = api.endpoints().close(call.parameter("endpoint"));
  reply_done(std::move(call), done);
}

}  // namespace gaffer::apps
