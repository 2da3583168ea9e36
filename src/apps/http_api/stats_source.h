#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "apps/http_api/call.h"
#include "apps/http_api/feed.h"
#include "core/manager/manager.h"

namespace gaffer::apps {

/// What the processes of a target use, those that the caller may see, at each refresh. A client that
/// is slow gets the last one and not all that he has missed.
class StatsSource final : public FeedSource {
 public:
  /// LIFETIME: the manager outlives this. ERRORS: as Manager::monitor.
  static Result<std::unique_ptr<StatsSource>> create(Manager& manager, std::string_view target,
                                                     StatsSettings settings, Caller caller);

  std::optional<Record> next() override;
  void listen(std::function<void()> on_more) override { on_more_ = std::move(on_more); }

 private:
  StatsSource(StatsSettings settings, Caller caller)
      : settings_(settings), caller_(std::move(caller)) {}
  void take(const std::vector<TemplateStats>& stats);

  const StatsSettings settings_;
  const Caller caller_;
  std::function<void()> on_more_;
  std::uint64_t count_ = 0;
  std::optional<std::string> document_;  // Of what has not been told yet.
  Subscription heard_;
};

}  // namespace gaffer::apps
