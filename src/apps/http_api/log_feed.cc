#include "apps/http_api/log_feed.h"

#include <chrono>
#include <utility>

#include "base/strings.h"
#include "wire/log_record.h"

namespace gaffer::apps {
namespace {

// What may wait in the connection, and how much is read at a time.
constexpr std::size_t kMaxQueued = std::size_t{512} << 10;
constexpr std::size_t kPiece = std::size_t{256} << 10;
// So long a line may take to get its end before it is shown without one.
constexpr std::chrono::milliseconds kPartial{100};
// So long logs that are being opened are waited for.
constexpr std::chrono::milliseconds kLate{1000};

// A CR ends a line of a server-sent event too.
void append_data(std::string& to, std::string_view text) {
  for (const std::string_view line : split(text, '\r'))
    to.append("data: ").append(line) += '\n';
}

void append_event(std::string& to, const wire::LogRecord& record, bool has_id, bool is_json) {
  if (record.gap > 0 && !is_json)
    to.append("event: gap\ndata: ").append(std::to_string(record.gap)).append("\n\n");
  if (has_id) {
    const std::uint64_t end = record.offset + record.text.size() + (record.is_partial ? 0 : 1);
    to.append("id: ").append(std::to_string(end)) += '\n';
  }
  to.append("event: ").append(record.label) += '\n';
  if (is_json) {
    wire::append_json_record(to.append("data: "), record);
  } else {
    append_data(to, record.text);
  }
  to += '\n';
}

void append(std::string& to, LogFeed::Format format, const wire::LogRecord& record, bool has_id) {
  switch (format) {
    case LogFeed::Format::Text:
      if (record.gap > 0) {
        to.append(record.source).append("\t[gaffer: ").append(std::to_string(record.gap));
        to += " bytes before this are no longer kept]\n";
      }
      to.append(record.source).append("\t").append(record.text) += '\n';
      return;
    case LogFeed::Format::Records:
      return wire::append_record(to, record);
    case LogFeed::Format::Json:
      return wire::append_json_record(to, record);
    case LogFeed::Format::Raw:
      to.append(record.text);
      if (!record.is_partial) to += '\n';
      return;
    case LogFeed::Format::Events:
    case LogFeed::Format::JsonEvents:
      return append_event(to, record, has_id, format == LogFeed::Format::JsonEvents);
  }
}

}  // namespace

/// The part of a feed that is on the other thread while it reads.
struct LogFeed::Reading {
  explicit Reading(const Wanted& its_wanted) : wanted(its_wanted), query(its_wanted.lines) {}

  Done step(const Step& step) {
    Done done{.with_rests = step.with_rests};
    if (const auto said = say(step, done); !said) done.problem = said.error().message;
    return done;
  }

  Result<void> say(const Step& step, Done& done) {
    sources.insert(sources.end(), step.sources.begin(), step.sources.end());
    for (const stream::LogView& view : step.added) {
      GAFFER_TRY(query.add(view, wanted.from));
    }
    for (const auto& [number, view] : step.grown)
      query.refresh(number, view);
    if (is_copy()) return copy(done);
    stream::LogQuery::Found found;
    while (done.text.size() < kPiece) {
      GAFFER_TRY(bool has_line, query.next(found));
      if (!has_line && step.with_rests) {
        GAFFER_TRY(has_line, query.next_rest(found));
      }
      done.is_read_out = !has_line;
      if (!has_line) return {};
      append(done.text, wanted.format, record_of(found), wanted.has_ids && sources.size() == 1);
    }
    return {};
  }

  // All of one log as it is need not be taken apart.
  [[nodiscard]] bool is_copy() const {
    return wanted.format == Format::Raw && !wanted.follow && sources.size() == 1 &&
           query.has_everything();
  }

  Result<void> copy(Done& done) {
    done.text.resize(kPiece);
    GAFFER_TRY(const std::size_t size, query.copy(done.text));
    done.text.resize(size);
    done.is_read_out = size == 0;
    return {};
  }

  [[nodiscard]] wire::LogRecord record_of(const stream::LogQuery::Found& found) const {
    const Source& source = sources[found.log];
    return {.source = source.name,
            .label = source.id.label,
            .run = found.time ? found.time->run : 0,
            .wall_ns = found.time ? found.time->wall_ns : 0,
            .offset = found.line.offset,
            .gap = found.line.gap,
            .is_partial = !found.line.is_whole,
            .is_context = !found.is_match,
            .text = found.line.text};
  }

  const Wanted wanted;
  stream::LogQuery query;
  std::vector<Source> sources;
};

LogFeed::LogFeed(Manager& manager, Wanted wanted, net::BodyWriter writer,
                 std::function<void()> on_done)
    : manager_(manager),
      wanted_(std::move(wanted)),
      on_done_(std::move(on_done)),
      reading_(std::make_shared<Reading>(wanted_)),
      writer_(std::move(writer)) {
  add_present_sources();
  if (wanted_.follow)
    growth_ = manager_.subscribe_output([this](const Manager::Growth& growth) { grown(growth); });
  writer_.on_closed([this] { on_done_(); });
  writer_.on_drained([this] { go_on(); });
  if (wanted_.heartbeat.count() > 0 && wanted_.follow) {
    heartbeat_.emplace(manager_.loop());
    beat();
  }
}

std::string LogFeed::content_type(Format format) {
  switch (format) {
    case Format::Json:
      return "application/x-ndjson";
    case Format::Raw:
      return "application/octet-stream";
    case Format::Events:
    case Format::JsonEvents:
      return "text/event-stream";
    default:
      return "text/tab-separated-values";
  }
}

bool LogFeed::is_wanted(const OutputId& id) const {
  if (!wanted_.labels.empty() && !wanted_.labels.contains(id.label)) return false;
  if (wanted_.may_see && !wanted_.may_see(id.name)) return false;
  return wanted_.is_all || wanted_.templates.contains(id.name) ||
         wanted_.processes.contains(id.name + "." + std::to_string(id.slot));
}

void LogFeed::add_present_sources() {
  for (const TemplateInfo& info : manager_.all()) {
    for (const OutputId& id : manager_.outputs(info.process_template.name)) {
      if (is_wanted(id)) add(id, *manager_.output(id));
    }
  }
}

void LogFeed::add(const OutputId& id, const stream::Output& output) {
  numbers_.emplace(id, numbers_.size());
  next_.added.push_back(view_of(id, output));
  next_.sources.push_back({.id = id, .name = id.name + "." + std::to_string(id.slot)});
}

void LogFeed::grown(const Manager::Growth& growth) {
  const auto known = numbers_.find(growth.id);
  if (known == numbers_.end()) {
    if (!is_wanted(growth.id)) return;
    add(growth.id, growth.output);  // A slot that is new since.
  } else {
    grown_.insert(growth.id);
  }
  go_on();
}

// One step at a time, and only while the client keeps up: each is followed by the next when the
// client has taken what it brought.
void LogFeed::go_on() {
  if (stepping_.is_waiting() || writer_.queued_bytes() > kMaxQueued) return;
  for (const OutputId& id : std::exchange(grown_, {})) {
    if (const stream::Output* output = manager_.output(id))
      next_.grown.emplace_back(numbers_.at(id), view_of(id, *output));
  }
  if (!wanted_.follow) next_.with_rests = late_.empty();
  const bool has_news = !next_.added.empty() || !next_.grown.empty() || next_.with_rests;
  if (is_read_out_ && !has_news) return;
  stepping_ = manager_.pool().run(
      "feed " + std::to_string(reinterpret_cast<std::uintptr_t>(this)),
      [reading = reading_, step = std::exchange(next_, {})] { return reading->step(step); },
      [this](const Done& done) { stepped(done); });
}

void LogFeed::stepped(const Done& done) {
  stepping_ = {};
  is_read_out_ = done.is_read_out || !done.problem.empty();
  if (!done.text.empty()) writer_.write(done.text);
  if (!done.text.empty() && wanted_.once) return on_done_();
  if (is_read_out_ && !wanted_.follow) {
    return done.problem.empty() && !done.with_rests ? go_on_with_late_ones() : on_done_();
  }
  if (is_read_out_ && !done.text.empty()) {
    if (!rest_timer_) rest_timer_.emplace(manager_.loop());
    rest_timer_->start(kPartial, [this] { rest_is_due(); });
  }
  // More of it, or of what has come meanwhile.
  if (writer_.queued_bytes() <= kMaxQueued) go_on();
}

stream::LogView LogFeed::view_of(const OutputId& id, const stream::Output& output) {
  const bool has_waited = late_timer_ && !late_timer_->is_armed();
  if (!wanted_.follow && !has_waited && output.is_behind()) late_.insert(id);
  return output.view();
}

// Who has heard that a process has ended wants its last words, though its log was still being opened.
void LogFeed::go_on_with_late_ones() {
  if (!late_timer_) {
    growth_ = manager_.subscribe_output([this](const Manager::Growth& growth) {
      if (late_.contains(growth.id)) go_on_with_late_ones();
    });
    late_timer_.emplace(manager_.loop());
    late_timer_->start(kLate, [this] {
      late_.clear();
      go_on();
    });
  }
  std::erase_if(late_, [this](const OutputId& id) {
    const stream::Output* output = manager_.output(id);
    if (output && output->is_behind()) return false;
    if (output) grown_.insert(id);
    return true;
  });
  go_on();
}

void LogFeed::beat() {
  heartbeat_->start(wanted_.heartbeat, [this] {
    // Who has not taken the last one yet needs no further.
    if (writer_.queued_bytes() == 0) writer_.write(wanted_.format == Format::Json ? "\n" : ":\n\n");
    beat();
  });
}

// Half a line cannot be matched: the other half may hold what was looked for.
void LogFeed::rest_is_due() {
  next_.with_rests = !wanted_.lines.matcher;
  go_on();
}

}  // namespace gaffer::apps
