#include <memory>
#include <utility>

#include "apps/http_api/event_source.h"
#include "apps/http_api/handlers.h"
#include "apps/http_api/http_api.h"
#include "base/strings.h"

namespace gaffer::apps {
namespace {

/// The last one that the client has: what a browser says when it comes again is newer than what
/// stands in its address.
Result<std::uint64_t> since_of(const net::Request& request, const Manager& manager) {
  const std::string* given = request.header("Last-Event-ID");
  if (given == nullptr) given = request.query_value("since");
  if (given == nullptr) return manager.revision();
  const auto since = parse_number<std::uint64_t>(*given);
  if (!since) return bad_query("since", *given, "the revision of an event");
  return *since;
}

/// `proc.web.exit` of `/watch/proc/web/exit`.
std::string topic_of(const Call& call) {
  if (const std::string* given = call.exchange.request().query_value("topic")) return *given;
  std::string topic;
  for (const char* part : {"first", "second", "third"}) {
    const auto given = call.parameters.find(part);
    if (given != call.parameters.end()) topic += (topic.empty() ? "" : ".") + given->second;
  }
  return topic;
}

}  // namespace

void events(HttpApi& api, Call call) {
  const net::Request& request = call.exchange.request();
  const auto settings = Feed::settings_of(request);
  if (!settings) return call.reply(error_response(settings.error()));
  const auto since = since_of(request, api.manager());
  if (!since) return call.reply(error_response(since.error()));
  auto source = std::make_unique<EventSource>(api.manager(), *since, topic_of(call), call.caller);
  api.feed(std::move(call), std::move(source), *settings);
}

}  // namespace gaffer::apps
