#include "apps/http_api/feed.h"

#include <algorithm>
#include <array>
#include <utility>

#include "apps/http_api/call.h"
#include "base/strings.h"

namespace gaffer::apps {
namespace {

constexpr std::size_t kMaxQueued = std::size_t{256} << 10;

using Form = Feed::Form;

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

Result<Feed::Settings> Feed::settings_of(const net::Request& request) {
  GAFFER_TRY(const Form form, form_of(request));
  GAFFER_TRY(const auto heartbeat, heartbeat_of(request));
  return Settings{.form = form, .heartbeat = heartbeat};
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
