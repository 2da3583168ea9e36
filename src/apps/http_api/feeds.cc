#include <algorithm>
#include <array>
#include <memory>
#include <utility>

#include "apps/http_api/event_source.h"
#include "apps/http_api/handlers.h"
#include "apps/http_api/http_api.h"
#include "base/strings.h"

namespace gaffer::apps {
namespace {

using Form = Feed::Form;

Error bad_query(std::string_view name, std::string_view value, std::string_view right) {
  return {Errc::InvalidArgument, 0,
          "bad value \"" + std::string(value) + "\" of " + std::string(name) + ": use " +
              std::string(right)};
}

Result<Form> form_of(const net::Request& request) {
  constexpr std::array<std::pair<std::string_view, Form>, 3> kForms = {
      {{"longpoll", Form::Longpoll},
       {"continuous", Form::Continuous},
       {"eventsource", Form::Eventsource}}};
  const std::string* given = request.query_value("feed");
  if (given == nullptr) {
    const std::string* accepted = request.header("Accept");
    const bool is_browser = accepted != nullptr && *accepted == "text/event-stream";
    return is_browser ? Form::Eventsource : Form::Longpoll;
  }
  const auto* const form =
      std::ranges::find(kForms, *given, [](const auto& one) { return one.first; });
  if (form == kForms.end()) return bad_query("feed", *given, "longpoll, continuous or eventsource");
  return form->second;
}

Result<std::chrono::milliseconds> heartbeat_of(const net::Request& request) {
  constexpr unsigned kLongest = 86'400;
  const std::string* given = request.query_value("heartbeat");
  if (given == nullptr || *given == "true") return Feed::Settings().heartbeat;
  if (*given == "false") return std::chrono::milliseconds(0);
  const auto seconds = parse_number<unsigned>(*given);
  if (!seconds || *seconds > kLongest)
    return bad_query("heartbeat", *given, "seconds, true or false");
  return std::chrono::seconds(*seconds);
}

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
  const auto form = form_of(request);
  if (!form) return call.reply(error_response(form.error()));
  const auto heartbeat = heartbeat_of(request);
  if (!heartbeat) return call.reply(error_response(heartbeat.error()));
  const auto since = since_of(request, api.manager());
  if (!since) return call.reply(error_response(since.error()));
  auto source = std::make_unique<EventSource>(api.manager(), *since, topic_of(call), call.caller);
  api.feed(std::move(call), std::move(source), {.form = *form, .heartbeat = *heartbeat});
}

}  // namespace gaffer::apps
