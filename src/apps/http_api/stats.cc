#include "wire/stats.h"

#include <memory>
#include <utility>

#include "apps/http_api/handlers.h"
#include "apps/http_api/http_api.h"
#include "apps/http_api/stats_source.h"
#include "base/duration_text.h"

namespace gaffer::apps {
namespace {

StatsSettings settings_of(const Call& call) {
  StatsSettings settings{.io = call.flag("io"), .pss = call.flag("pss")};
  const std::string* refresh = call.exchange.request().query_value("refresh");
  const auto given = refresh != nullptr ? parse_seconds(*refresh) : std::nullopt;
  if (given) settings.refresh = *given;
  return settings;
}

}  // namespace

Result<std::unique_ptr<StatsSource>> StatsSource::create(Manager& manager, std::string_view target,
                                                         StatsSettings settings, Caller caller) {
  std::unique_ptr<StatsSource> source(new StatsSource(settings, std::move(caller)));
  GAFFER_TRY(
      source->heard_,
      manager.monitor(
          target, [raw = source.get()](auto, const auto& stats) { raw->take(stats); }, settings));
  return source;
}

void StatsSource::take(const std::vector<TemplateStats>& stats) {
  std::vector<TemplateStats> visible;
  const bool sees_all = caller_.targets.empty();
  for (const TemplateStats& one : stats) {
    if (!sees_all && caller_.sees(one.name)) visible.push_back(one);
  }
  document_ = wire::stats_document(sees_all ? stats : visible, settings_);
  ++count_;
  if (on_more_) on_more_();
}

std::optional<Record> StatsSource::next() {
  if (!document_) return std::nullopt;
  return Record{std::to_string(count_), "STATS", *std::exchange(document_, std::nullopt)};
}

void stats(HttpApi& api, Call call) {
  const auto feed = Feed::settings_of(call.exchange.request());
  if (!feed) return call.reply(error_response(feed.error()));
  const auto target = call.parameters.find("target");
  auto source =
      StatsSource::create(api.manager(), target != call.parameters.end() ? target->second : "*",
                          settings_of(call), call.caller);
  if (!source) return call.reply(error_response(source.error()));
  api.feed(std::move(call), *std::move(source), *feed);
}

}  // namespace gaffer::apps
