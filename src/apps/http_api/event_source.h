#pragma once

#include <cstdint>
#include <deque>
#include <string>

#include "apps/http_api/call.h"
#include "apps/http_api/feed.h"
#include "core/events/signal.h"
#include "core/manager/manager.h"

namespace gaffer::apps {

/// The manager's events of a topic after a revision, those that the caller may see. Where some are
/// no longer kept a record `gap` says which.
class EventSource final : public FeedSource {
 public:
  /// LIFETIME: the manager outlives this.
  EventSource(Manager& manager, std::uint64_t since, std::string topic, Caller caller);

  std::optional<Record> next() override;
  void listen(std::function<void()> on_more) override;

 private:
  std::optional<Record> refill();

  Manager& manager_;
  std::uint64_t last_;  // The last one that was looked at.
  const std::string topic_;
  const Caller caller_;
  std::deque<Event> ahead_;
  Subscription events_;
};

}  // namespace gaffer::apps
