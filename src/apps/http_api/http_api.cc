#include "apps/http_api/http_api.h"

#include <optional>
#include <utility>
#include <variant>

#include "apps/http_api/channel.h"
#include "apps/http_api/log_request.h"
#include "apps/http_api/routes.h"
#include "base/strings.h"
#include "os/append_line.h"
#include "wire/status.h"
#include "wire/tokens.h"

namespace gaffer::apps {
namespace {

constexpr std::size_t kMaxLogFeeds = 64;
constexpr std::size_t kMaxFeeds = 2'000;                     // Besides; each costs a connection.
constexpr std::uint64_t kMaxAudit = std::uint64_t{4} << 20;  // And the same for the one before.

net::Response too_many_log_feeds() {
  return error_response(503, "busy",
                        "more than " + std::to_string(kMaxLogFeeds) + " readers of logs");
}

/// What stands in the path as the name of one thing is a target as well.
net::Router::Parameters with_target(net::Router::Parameters parameters) {
  if (const auto name = parameters.find("name"); name != parameters.end())
    parameters["target"] = name->second;
  if (const auto group = parameters.find("group"); group != parameters.end())
    parameters["target"] = group->second + ":*";
  return parameters;
}

std::optional<std::string> wrong_with_path(const net::Router::Parameters& parameters) {
  for (const wire::Parameter& parameter : wire::path_parameters()) {
    const auto given = parameters.find(std::string(parameter.name));
    if (given == parameters.end()) continue;
    if (auto wrong = wire::wrong_with_value(parameter, given->second)) return wrong;
  }
  return std::nullopt;
}

std::string type_of(const net::Request& request) {
  const std::string* type = request.header("Content-Type");
  if (type == nullptr) return "";
  return std::string(trim(std::string_view(*type).substr(0, type->find(';'))));
}

/// A body of another type than this is what a form in somebody's page can send.
std::optional<net::Response> wrong_with_body(const wire::Route& route,
                                             const net::Request& request) {
  if (route.method == "GET") return std::nullopt;
  const std::string_view right =
      route.body == wire::Body::Bytes ? "application/octet-stream" : "application/json";
  const std::string type = type_of(request);
  if (!net::equals_ignoring_case(type, right) && !(type.empty() && request.body.empty())) {
    return error_response(415, "unsupported_media_type",
                          "the Content-Type must be " + std::string(right));
  }
  if (route.body == wire::Body::Nothing && !request.body.empty())
    return error_response(400, "bad_value", "there must be no body");
  return std::nullopt;
}

/// What the table says about a request; nothing if it may pass.
std::optional<net::Response> refusal_of(const Call& call) {
  const wire::Route& route = *call.route;
  if (!wire::allows(call.caller.scopes, route.scope)) {
    return error_response(403, "forbidden",
                          "this needs the scope " + std::string(wire::scope_name(route.scope)));
  }
  auto wrong = wire::wrong_with_query(route.query, call.exchange.request().query);
  if (!wrong) wrong = wrong_with_path(call.parameters);
  if (wrong) return error_response(400, "bad_value", *wrong);
  return wrong_with_body(route, call.exchange.request());
}

/// A caller who may see some templates only gets at no others by name.
std::optional<net::Response> beyond_reach(const Manager& manager, const Call& call) {
  const auto target = call.parameters.find("target");
  if (call.caller.targets.empty() || target == call.parameters.end()) return std::nullopt;
  const auto infos = manager.infos(target->second);
  if (!infos) return error_response(infos.error());
  for (const TemplateInfo& info : *infos) {
    const std::string& name = info.process_template.name;
    if (!call.caller.sees(name))
      return error_response(403, "forbidden", name + " is not for this token");
  }
  return std::nullopt;
}

}  // namespace

HttpApi::HttpApi(uv::Loop& loop, const Clock& clock, Manager& manager, Settings settings,
                 Tokens tokens)
    : loop_(loop),
      clock_(clock),
      manager_(manager),
      settings_(std::move(settings)),
      tokens_(std::move(tokens)),
      endpoints_(loop, clock, tokens_,
                 {.allows_plaintext = settings_.allows_plaintext, .shelf = settings_.shelf},
                 [this](net::Exchange exchange, Caller caller) {
                   handle(std::move(exchange), std::move(caller));
                 }) {
  for (const Route& route : routes())
    router_.add(route.about.method, route.about.path);
}

HttpApi::~HttpApi() { (void)tokens_.save(); }  // It only loses when they were last used.

Result<std::unique_ptr<HttpApi>> HttpApi::create(uv::Loop& loop, const Clock& clock,
                                                 Manager& manager, Settings settings) {
  const std::string& directory = settings.state_directory;
  GAFFER_TRY(auto tokens, Tokens::load(directory.empty() ? "" : directory + "/tokens.json"));
  return std::unique_ptr<HttpApi>(
      new HttpApi(loop, clock, manager, std::move(settings), std::move(tokens)));
}

void HttpApi::handle(net::Exchange exchange, Caller caller) {
  auto found = router_.find(exchange.request());
  if (const auto* answer = std::get_if<net::Response>(&found)) return exchange.reply(*answer);
  auto& match = std::get<net::Router::Match>(found);
  const Route& route = routes()[match.route];
  Call call{std::move(exchange), with_target(std::move(match.parameters)), std::move(caller),
            &route.about};
  if (const auto refusal = refusal_of(call)) return call.reply(*refusal);
  if (const auto refusal = beyond_reach(manager_, call)) return call.reply(*refusal);
  if (route.about.method != "GET") audit(call);
  route.handle(*this, std::move(call));
}

void HttpApi::audit(const Call& call) {
  const net::Request& request = call.exchange.request();
  const std::string what = request.method + " " + request.target;
  // Somebody who types says the same again and again.
  const std::string who_and_what = call.caller.name + " " + what;
  if (call.route->body == wire::Body::Bytes && who_and_what == last_audited_) return;
  last_audited_ = who_and_what;
  audit(call.caller, what);
}

// A change that cannot be written down is made all the same: a full disk must not keep anybody from
// stopping what fills it.
void HttpApi::audit(const Caller& caller, const std::string& what) {
  if (settings_.state_directory.empty()) return;
  (void)os::append_line(settings_.state_directory + "/audit.log",
                        wire::audit_line(clock_.wall(), caller.name, what), kMaxAudit);
}

bool HttpApi::is_valid(const Caller& caller) const {
  return caller.token_id.empty() || tokens_.has(caller.token_id);
}

void HttpApi::reply_when_settled(Call call, Result<void> done) const {
  if (!done) return call.reply(error_response(done.error()));
  const std::string target = call.parameter("target");
  auto pending = std::make_shared<Call>(std::move(call));
  const auto waits = manager_.when_settled(target, [&manager = manager_, target, pending] {
    const auto infos = manager.infos(target);
    pending->reply(infos ? net::json_response(200, wire::status_document(*infos))
                         : error_response(infos.error()));
  });
  if (!waits) pending->reply(error_response(waits.error()));
}

Result<std::vector<wire::Run>> HttpApi::runs(const std::string& name, std::size_t most) const {
  if (!ask_runs_) {
    return Error{Errc::NotFound, 0,
                 "runs are not written down: this gafferd has no keeper, or no state"};
  }
  GAFFER_TRY(std::vector<wire::Run> runs, ask_runs_(name, most));
  if (runs.empty() && !manager_.info(name)) return Error{Errc::NotFound, 0, "no template " + name};
  return runs;
}

std::vector<TemplateInfo> HttpApi::visible(const Caller& caller) const {
  std::vector<TemplateInfo> infos = manager_.all();
  std::erase_if(infos, [&caller](const TemplateInfo& info) {
    return !caller.sees(info.process_template.name);
  });
  return infos;
}

void HttpApi::feed(Call call, std::unique_ptr<FeedSource> source, Feed::Settings settings) {
  if (feeds_.size() == kMaxFeeds)
    return call.reply(error_response(503, "busy", "there are too many feeds"));
  net::BodyWriter writer =
      call.exchange.start({.status = 200,
                           .headers = {{"Content-Type", Feed::content_type(settings.form)},
                                       {"Cache-Control", "no-cache"}}});
  if (!writer.is_open()) return;  // A HEAD: there is nobody to read.
  const auto place = feeds_.emplace(feeds_.end());
  *place = std::make_unique<Feed>(loop_, std::move(source), settings, std::move(writer),
                                  [this, place] { feeds_.erase(place); });
}

const std::string& HttpApi::openapi() {
  if (openapi_.empty()) {
    std::vector<const wire::Route*> all;
    for (const Route& route : routes())
      all.push_back(&route.about);
    openapi_ = wire::openapi_document(all);
  }
  return openapi_;
}

void HttpApi::logs(Call call) {
  auto wanted = parse_log_request(call.exchange.request(), manager_);
  if (!wanted) return call.reply(error_response(wanted.error()));
  wanted->may_see = [caller = call.caller](const std::string& name) { return caller.sees(name); };
  log_feed(std::move(call.exchange), *std::move(wanted));
}

void HttpApi::log_feed(net::Exchange exchange, LogFeed::Wanted wanted) {
  if (log_feeds_.size() == kMaxLogFeeds) return exchange.reply(too_many_log_feeds());
  net::BodyWriter writer =
      exchange.start({.status = 200,
                      .headers = {{"Content-Type", LogFeed::content_type(wanted.format)},
                                  {"Cache-Control", "no-cache"}}});
  add_log_feed(std::move(wanted), std::move(writer));
}

void HttpApi::add_log_feed(LogFeed::Wanted wanted, net::BodyWriter writer) {
  if (!writer.is_open()) return;  // A HEAD: there is nobody to read.
  const auto place = log_feeds_.emplace(log_feeds_.end());
  *place = std::make_unique<LogFeed>(manager_, std::move(wanted), std::move(writer),
                                     [this, place] { log_feeds_.erase(place); });
}

void HttpApi::open_stream(Call call, LogFeed::Wanted wanted, StreamSocket::Settings settings) {
  if (log_feeds_.size() == kMaxLogFeeds) return call.reply(too_many_log_feeds());
  auto socket = upgrade(call);
  if (!socket) return;
  const auto place = sessions_.emplace(sessions_.end());
  auto session =
      std::make_unique<StreamSocket>(*this, call.caller, *std::move(socket), std::move(settings),
                                     [this, place] { sessions_.erase(place); });
  net::BodyWriter writer = session->writer();
  *place = std::move(session);
  add_log_feed(std::move(wanted), std::move(writer));
}

void HttpApi::open_channel(Call call) {
  auto socket = upgrade(call);
  if (!socket) return;
  const auto place = sessions_.emplace(sessions_.end());
  *place = std::make_unique<Channel>(*this, call.caller, *std::move(socket),
                                     [this, place] { sessions_.erase(place); });
}

std::optional<net::WebSocket> HttpApi::upgrade(Call& call) {
  const auto refusal = net::wrong_with_upgrade(call.exchange.request());
  if (!refusal) return call.exchange.upgrade();
  net::Response response =
      error_response(refusal->status, refusal->status == 426 ? "upgrade_required" : "bad_value",
                     trim(refusal->body));
  for (const net::Header& header : refusal->headers)
    if (header.name != "Content-Type") response.headers.push_back(header);
  call.reply(response);
  return std::nullopt;
}

}  // namespace gaffer::apps
