#include "apps/http_api/log_feed.h"

namespace gaffer::apps {
namespace {

// What may wait in the connection, and how much is handed over at a time.
constexpr std::size_t kMaxQueued = std::size_t{256} << 10;
constexpr std::size_t kPiece = std::size_t{64} << 10;

}  // namespace

LogFeed::LogFeed(Manager& manager, Wanted wanted, net::BodyWriter writer,
                 std::function<void()> on_done)
    : manager_(manager),
      wanted_(std::move(wanted)),
      on_done_(std::move(on_done)),
      writer_(std::move(writer)) {
  add_present_sources();
  if (wanted_.follow) {
    growth_ =
        manager_.subscribe_output([this](const Manager::Growth& growth) { send_growth(growth); });
  }
  writer_.on_closed([this] { on_done_(); });
  writer_.on_drained([this] { send_all(); });
}

void LogFeed::add_present_sources() {
  for (const std::string& name : wanted_.names) {
    for (const OutputId& id : manager_.outputs(name)) {
      stream::Output* output = manager_.output(id);
      const auto offset = stream::offset_of_last_lines(*output, wanted_.lines);
      readers_.emplace(id, stream::LineReader(offset ? *offset : output->end()));
    }
  }
}

// Called whenever the client has taken everything: goes on where each reader stands.
void LogFeed::send_all() {
  bool is_complete = true;
  for (const auto& [source, reader] : readers_)
    is_complete = send(source) && is_complete;
  flush();
  if (is_complete && !wanted_.follow) on_done_();
}

// Whether all there is of the source has been sent; if not, the writer's draining continues it.
bool LogFeed::send(const OutputId& source) {
  stream::Output* output = manager_.output(source);
  if (!output) return true;
  stream::LineReader& reader = readers_.at(source);
  bool has_room = true;
  const auto on_line = [&](const stream::Line& line) { return has_room = take(source, line); };
  (void)reader.read(*output, on_line);
  if (has_room && !wanted_.follow) (void)reader.read_rest(*output, on_line);
  return has_room;
}

void LogFeed::send_growth(const Manager::Growth& growth) {
  if (!wanted_.names.contains(growth.id.name) || writer_.queued_bytes() > 0) return;
  readers_.try_emplace(growth.id, growth.output.begin());  // A slot that is new since.
  send(growth.id);
  flush();
}

bool LogFeed::take(const OutputId& source, const stream::Line& line) {
  const std::string label = source.name + "." + std::to_string(source.slot) + "\t";
  if (line.gap > 0) {
    pending_ +=
        label + "[gaffer: " + std::to_string(line.gap) + " bytes before this are no longer kept]\n";
  }
  pending_.append(label).append(line.text) += '\n';
  if (pending_.size() >= kPiece) flush();
  return writer_.queued_bytes() < kMaxQueued;
}

void LogFeed::flush() {
  if (!pending_.empty()) writer_.write(pending_);
  pending_.clear();
}

}  // namespace gaffer::apps
