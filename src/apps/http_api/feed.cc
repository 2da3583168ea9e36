#include "apps/http_api/feed.h"

#include <utility>

namespace gaffer::apps {
namespace {

constexpr std::size_t kMaxQueued = std::size_t{256} << 10;

}  // namespace

Feed::Feed(uv::Loop& loop, std::unique_ptr<FeedSource> source, Settings settings,
           net::BodyWriter writer, std::function<void()> on_done)
    : settings_(settings),
      on_done_(std::move(on_done)),
      source_(std::move(source)),
      heartbeat_(loop),
      end_(loop),
      writer_(std::move(writer)) {
  source_->listen([this] { pump(); });
  writer_.on_closed([this] { on_done_(); });
  writer_.on_drained([this] { pump(); });  // For the first time when the head is sent.
  beat();
}

std::string Feed::content_type(Form form) {
  return form == Form::Eventsource ? "text/event-stream" : "application/json";
}

void Feed::pump() {
  if (is_ending_) return;
  std::string text;
  while (writer_.queued_bytes() + text.size() < kMaxQueued) {
    const auto record = source_->next();
    if (!record) break;
    append(text, *record);
  }
  if (text.empty()) return;
  writer_.write(text);
  if (settings_.form != Form::Longpoll) return;
  is_ending_ = true;
  end_.start(std::chrono::milliseconds(0), [this] { on_done_(); });
}

void Feed::append(std::string& text, const Record& record) const {
  if (settings_.form == Form::Eventsource) {
    text.append("id: ").append(record.id).append("\nevent: ").append(record.event);
    text.append("\ndata: ").append(record.data).append("\n\n");
  } else {
    text.append(record.data).append("\r\n");
  }
}

void Feed::beat() {
  if (settings_.heartbeat.count() == 0) return;
  heartbeat_.start(settings_.heartbeat, [this] {
    // Who has not taken the last one yet needs no further.
    if (writer_.queued_bytes() == 0)
      writer_.write(settings_.form == Form::Eventsource ? ":\n\n" : "\n");
    beat();
  });
}

}  // namespace gaffer::apps
