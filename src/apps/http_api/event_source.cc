#include "apps/http_api/event_source.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "wire/events.h"

namespace gaffer::apps {
namespace {

constexpr std::size_t kAtATime = 64;  // Copied out of the history.

}  // namespace

EventSource::EventSource(Manager& manager, std::uint64_t since, std::string topic, Caller caller)
    : manager_(manager), last_(since), topic_(std::move(topic)), caller_(std::move(caller)) {}

std::optional<Record> EventSource::next() {
  while (true) {
    if (ahead_.empty()) {
      if (auto gap = refill()) return gap;
      if (ahead_.empty()) return std::nullopt;
    }
    const Event event = std::move(ahead_.front());
    ahead_.pop_front();
    last_ = event.revision;
    if (!caller_.sees(event.name) || !wire::is_of_topic(event, topic_)) continue;
    return Record{std::to_string(event.revision), std::string(event_name(event.kind)),
                  wire::event_document(event)};
  }
}

// Takes the next events of the history, or tells that there is a hole in it.
std::optional<Record> EventSource::refill() {
  auto events = manager_.events_after(last_, kAtATime);
  if (events) {
    std::ranges::move(*events, std::back_inserter(ahead_));
    return std::nullopt;
  }
  const std::uint64_t missed = std::exchange(last_, manager_.revision());
  return Record{std::to_string(last_), "gap", wire::gap_document(missed + 1, last_)};
}

void EventSource::listen(std::function<void()> on_more) {
  events_ =
      manager_.subscribe([on_more = std::move(on_more)](const Event& /*event*/) { on_more(); });
}

}  // namespace gaffer::apps
