#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "apps/http_api/handlers.h"
#include "apps/http_api/http_api.h"
#include "apps/http_api/log_request.h"
#include "base/strings.h"

namespace gaffer::apps {
namespace {

using Labels = std::set<std::string>;

/// Standard output and standard error, as they are called.
Labels standard_labels(const ProcessTemplate& process_template) {
  Labels labels(process_template.redirect_output.begin(), process_template.redirect_output.end());
  if (labels.empty()) labels.insert("output");
  labels.erase("");  // /dev/null
  return labels;
}

/// Nothing when each of them is a stream of one of the templates.
std::optional<net::Response> wrong_with_labels(const std::vector<TemplateInfo>& infos,
                                               const Labels& labels) {
  Labels known;
  for (const TemplateInfo& info : infos) {
    known.merge(standard_labels(info.process_template));
    const auto& custom = info.process_template.custom_streams;
    known.insert(custom.begin(), custom.end());
  }
  for (const std::string& label : labels) {
    if (known.contains(label)) continue;
    std::string reason = "no stream " + label;
    const char* between = ": there is ";
    for (const std::string& name : known) {
      reason.append(between).append(name);
      between = ", ";
    }
    return error_response(404, "not_found", reason);
  }
  return std::nullopt;
}

/// The offset to go on from: what a browser says when it comes again is newer than what stands in
/// its address.
Result<std::optional<std::uint64_t>> offset_of(const net::Request& request, bool is_one_log) {
  const std::string* given = is_one_log ? request.header("Last-Event-ID") : nullptr;
  if (given == nullptr) given = request.query_value("offset");
  if (given == nullptr) return std::optional<std::uint64_t>();
  const auto offset = parse_number<std::uint64_t>(*given);
  if (!offset) return bad_query("offset", *given, "a number of bytes");
  return offset;
}

Result<bool> is_json(const net::Request& request) {
  const std::string* format = request.query_value("format");
  if (format == nullptr || *format == "raw") return false;
  if (*format != "json") return bad_query("format", *format, "raw or json");
  return true;
}

/// What is the same for HTTP and for a WebSocket: which logs, from where on, and that they are
/// followed.
Result<LogFeed::Wanted> wanted_of(const Call& call, Manager& manager,
                                  const std::vector<TemplateInfo>& infos, Labels labels) {
  const net::Request& request = call.exchange.request();
  LogFeed::Wanted wanted;
  GAFFER_TRY(select_target(wanted, manager, call.parameter("target")));
  wanted.has_ids = infos.size() == 1 && infos.front().processes.size() == 1 && labels.size() == 1;
  wanted.labels = std::move(labels);
  wanted.may_see = [caller = call.caller](const std::string& name) { return caller.sees(name); };
  wanted.follow = true;
  GAFFER_TRY(wanted.from, offset_of(request, wanted.has_ids));
  const std::string* lines = request.query_value("lines");
  if (lines == nullptr) {
    wanted.lines.last = 0;  // Only what comes.
  } else if (*lines != "all") {
    wanted.lines.last = parse_number<std::size_t>(*lines);
    if (!wanted.lines.last) return bad_query("lines", *lines, "a number, or all");
  }
  return wanted;
}

LogFeed::Format format_of(Feed::Form form, bool is_json) {
  if (form != Feed::Form::Eventsource)
    return is_json ? LogFeed::Format::Json : LogFeed::Format::Raw;
  return is_json ? LogFeed::Format::JsonEvents : LogFeed::Format::Events;
}

Result<LogFeed::Wanted> wanted_feed(const Call& call, Manager& manager,
                                    const std::vector<TemplateInfo>& infos) {
  const net::Request& request = call.exchange.request();
  GAFFER_TRY(LogFeed::Wanted wanted, wanted_of(call, manager, infos, {call.parameter("label")}));
  GAFFER_TRY(const Feed::Settings feed, Feed::settings_of(request));
  GAFFER_TRY(const bool json, is_json(request));
  wanted.format = format_of(feed.form, json);
  if (wanted.format != LogFeed::Format::Raw) wanted.heartbeat = feed.heartbeat;
  wanted.follow = request.query_value("follow") == nullptr || call.flag("follow");
  wanted.once = wanted.follow && feed.form == Feed::Form::Longpoll;
  return wanted;
}

Labels wanted_labels(const Call& call, const std::vector<TemplateInfo>& infos) {
  Labels labels;
  if (const std::string* given = call.exchange.request().query_value("labels")) {
    for (const std::string_view label : split(*given, ','))
      labels.emplace(label);
    return labels;
  }
  for (const TemplateInfo& info : infos)
    labels.merge(standard_labels(info.process_template));
  return labels;
}

}  // namespace

void stream(HttpApi& api, Call call) {
  const auto infos = api.manager().infos(call.parameter("target"));
  if (!infos) return call.reply(error_response(infos.error()));
  if (const auto wrong = wrong_with_labels(*infos, {call.parameter("label")}))
    return call.reply(*wrong);
  auto wanted = wanted_feed(call, api.manager(), *infos);
  if (!wanted) return call.reply(error_response(wanted.error()));
  api.log_feed(std::move(call.exchange), *std::move(wanted));
}

void stream_socket(HttpApi& api, Call call) {
  const std::string target = call.parameter("target");
  const auto infos = api.manager().infos(target);
  if (!infos) return call.reply(error_response(infos.error()));
  Labels labels = wanted_labels(call, *infos);
  if (const auto wrong = wrong_with_labels(*infos, labels)) return call.reply(*wrong);
  const auto json = is_json(call.exchange.request());
  if (!json) return call.reply(error_response(json.error()));
  auto wanted = wanted_of(call, api.manager(), *infos, std::move(labels));
  if (!wanted) return call.reply(error_response(wanted.error()));
  wanted->format = *json ? LogFeed::Format::Json : LogFeed::Format::Raw;
  const bool has_commands = call.flag("control");
  api.open_stream(std::move(call), *std::move(wanted),
                  {.target = target, .has_commands = has_commands, .is_text = *json});
}

void channel(HttpApi& api, Call call) { api.open_channel(std::move(call)); }

}  // namespace gaffer::apps
