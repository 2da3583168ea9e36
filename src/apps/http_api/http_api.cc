#include "apps/http_api/http_api.h"

#include <utility>

#include "base/signal_names.h"
#include "base/strings.h"
#include "wire/status.h"

namespace gaffer::apps {
namespace {

constexpr std::size_t kMaxFeeds = 64;

net::Response error_response(const Error& error) {
  switch (error.code) {
    case Errc::NotFound:
      return net::json_response(404, wire::error_document("not_found", error.message));
    case Errc::InvalidArgument:
      return net::json_response(400, wire::error_document("bad_value", error.message));
    case Errc::AlreadyExists:
    case Errc::NotRunning:
      return net::json_response(409, wire::error_document("conflict", error.message));
    default:
      return net::json_response(500, wire::error_document("failed", error.message));
  }
}

Error bad_query(const std::string& name, const std::string& value, const std::string& right) {
  return {Errc::InvalidArgument, 0, "bad value \"" + value + "\" of " + name + ": use " + right};
}

Result<LogFeed::Wanted> wanted_of(const net::Request& request, Manager& manager) {
  LogFeed::Wanted wanted;
  for (const auto& [name, value] : request.query) {
    if (name == "name") {
      GAFFER_TRY(const TemplateInfo info, manager.info(value));
      wanted.names.insert(info.process_template.name);
    } else if (name == "lines") {
      const auto lines = parse_number<std::size_t>(value);
      if (!lines) return bad_query(name, value, "a number");
      wanted.lines = *lines;
    } else if (name == "follow") {
      if (value != "true" && value != "false") return bad_query(name, value, "true or false");
      wanted.follow = value == "true";
    } else {
      return Error{Errc::InvalidArgument, 0,
                   "unknown parameter " + name + ": use name, lines, follow"};
    }
  }
  if (wanted.names.empty()) {
    for (const TemplateInfo& info : manager.all())
      wanted.names.insert(info.process_template.name);
  }
  return wanted;
}

}  // namespace

HttpApi::HttpApi(Manager& manager) : manager_(manager) { add_routes(); }

void HttpApi::add_routes() {
  using net::Exchange;
  using Parameters = net::Router::Parameters;
  router_.add("GET", "/", [](Exchange exchange, const Parameters&) {
    exchange.reply(
        net::json_response(200, R"({"welcome":"gaffer","version":")" GAFFER_VERSION "\"}"));
  });
  router_.add("GET", "/ping", [](Exchange exchange, const Parameters&) {
    exchange.reply(net::text_response(200, "OK"));
  });
  router_.add("GET", "/version", [](Exchange exchange, const Parameters&) {
    exchange.reply(net::json_response(200, R"({"name":"gaffer","version":")" GAFFER_VERSION "\"}"));
  });
  router_.add("GET", "/status", [this](Exchange exchange, const Parameters&) {
    exchange.reply(net::json_response(200, wire::status_document(manager_.all())));
  });
  router_.add("GET", "/status/{target}", [this](Exchange exchange, const Parameters& parameters) {
    const auto infos = manager_.infos(parameters.at("target"));
    exchange.reply(infos ? net::json_response(200, wire::status_document(*infos))
                         : error_response(infos.error()));
  });
  const auto add_verb = [this](const std::string& verb, auto wish) {
    router_.add("POST", "/processes/{target}/_" + verb,
                [this, wish](Exchange exchange, const Parameters& parameters) {
                  const std::string& target = parameters.at("target");
                  act(std::move(exchange), target, (manager_.*wish)(target));
                });
  };
  add_verb("start", &Manager::start);
  add_verb("stop", &Manager::stop);
  add_verb("restart", &Manager::restart);
  add_verb("reload", &Manager::reload);
  router_.add("POST", "/processes/{target}/_signal/{signal}",
              [this](Exchange exchange, const Parameters& parameters) {
                const std::string& target = parameters.at("target");
                act(std::move(exchange), target, signal(target, parameters.at("signal")));
              });
  router_.add("POST", "/processes/{name}/_scale/{expression}",
              [this](Exchange exchange, const Parameters& parameters) {
                const std::string& name = parameters.at("name");
                const auto scaled = manager_.scale(name, parameters.at("expression"));
                act(std::move(exchange), name, scaled ? Result<void>() : scaled.error());
              });
  router_.add("GET", "/logs",
              [this](Exchange exchange, const Parameters&) { logs(std::move(exchange)); });
}

Result<void> HttpApi::signal(const std::string& target, const std::string& name) {
  const auto number = signal_number(name);
  if (!number)
    return Error{Errc::InvalidArgument, 0,
                 "no signal " + name + ": use a name such as HUP or TERM"};
  return manager_.signal(target, *number);
}

// Answers when what was asked for has come about, so that who asked need not ask again.
void HttpApi::act(net::Exchange exchange, const std::string& target, Result<void> done) {
  if (!done) return exchange.reply(error_response(done.error()));
  auto pending = std::make_shared<net::Exchange>(std::move(exchange));
  (void)manager_.when_settled(target, [&manager = manager_, target, pending] {
    const auto infos = manager.infos(target);
    pending->reply(infos ? net::json_response(200, wire::status_document(*infos))
                         : error_response(infos.error()));
  });
}

void HttpApi::logs(net::Exchange exchange) {
  auto wanted = wanted_of(exchange.request(), manager_);
  if (!wanted) return exchange.reply(error_response(wanted.error()));
  if (feeds_.size() == kMaxFeeds) {
    return exchange.reply(net::json_response(
        503, wire::error_document("busy",
                                  "more than " + std::to_string(kMaxFeeds) + " readers of logs")));
  }
  net::BodyWriter writer =
      exchange.start({.status = 200, .headers = {{"Content-Type", "text/tab-separated-values"}}});
  if (!writer.is_open()) return;  // A HEAD: there is nobody to read.
  const auto place = feeds_.emplace(feeds_.end());
  *place = std::make_unique<LogFeed>(manager_, std::move(*wanted), std::move(writer),
                                     [this, place] { feeds_.erase(place); });
}

}  // namespace gaffer::apps
