#include "core/manager/output_monitor.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "core/stream/output.h"

namespace gaffer {
namespace {

/// How far a listener has read a stream.
struct Position {
  stream::LogReader log;
  std::uint64_t offset;
};

}  // namespace

bool OutputMonitor::Target::means(const OutputId& id) const {
  if (slot >= 0 && slot != id.slot) return false;
  if (name.empty() || name == id.name) return true;
  return name.ends_with(":*") &&
         id.name.starts_with(std::string_view(name).substr(0, name.size() - 1));
}

struct OutputMonitor::Listener {
  std::vector<Target> targets;
  std::string label;
  OnIo on_io;
  WallTime since;
  std::map<OutputId, Position> positions;
  bool is_dropped = false;

  [[nodiscard]] bool means(const OutputId& id) const {
    return (label == "." || label == id.label) &&
           std::ranges::any_of(targets, [&](const Target& one) { return one.means(id); });
  }
  [[nodiscard]] bool means(const OutputId& id, std::uint64_t pid) const {
    return std::ranges::any_of(targets, [&](const Target& one) {
      return one.means(id) && (one.pid == 0 || one.pid == pid);
    });
  }

  /// Where it stands: for a stream that is new since it listens, at what came since then, because a
  /// log may be older than its manager.
  Position& position(const OutputId& id, const stream::LogView& view) {
    const auto found = positions.find(id);
    if (found != positions.end() && found->second.log.reads(view)) {
      found->second.log.refresh(view);
      return found->second;
    }
    stream::LogReader log(view);
    const std::uint64_t begin = log.times().offset_at(since).value_or(log.begin());
    return positions.insert_or_assign(id, Position{std::move(log), begin}).first->second;
  }
};

struct OutputMonitor::State {
  State(uv_loop_s* loop, const Clock& its_clock, Signal<Manager::Growth>& its_growth,
        std::function<stream::Output*(const OutputId&)> its_find)
      : clock(its_clock), growth(its_growth), find(std::move(its_find)), uv_loop(loop) {}

  void add(const std::shared_ptr<Listener>& listener) {
    listeners.push_back(listener);
    if (turn_end) return;
    turn_end.emplace(uv_loop, [this] { deliver(); });
    heard = growth.subscribe([this](const Manager::Growth& grown) {
      if (pending.insert(grown.id).second) turn_end->ring();
    });
  }

  void drop(Listener& listener) {
    listener.is_dropped = true;
    if (!is_delivering) sweep();
  }

  void sweep() {
    std::erase_if(listeners, [](const auto& one) { return one->is_dropped; });
    if (!listeners.empty()) return;
    heard.unsubscribe();
    pending.clear();
    turn_end.reset();
  }

  void deliver() {
    const std::weak_ptr<char> still = alive;  // A handler may destroy this.
    const auto ids = std::exchange(pending, {});
    const auto all = listeners;
    is_delivering = true;
    for (const OutputId& id : ids) {
      for (const auto& listener : all) {
        if (!listener->means(id)) continue;
        tell(*listener, id, still);
        if (still.expired()) return;
      }
    }
    is_delivering = false;
    sweep();
  }

  // Reads as far as there was something at first: who writes without end must not hold us.
  void tell(Listener& listener, const OutputId& id, const std::weak_ptr<char>& still) {
    const stream::Output* output = listener.is_dropped ? nullptr : find(id);
    if (output == nullptr) return;
    Position& at = listener.position(id, output->view());
    const std::uint64_t end = at.log.end();
    std::array<char, 65536> room;  // NOLINT(cppcoreguidelines-pro-type-member-init): read into
    while (at.offset < end && !listener.is_dropped) {
      const auto piece = at.log.read(at.offset, room);
      if (!piece || piece->size == 0) return;  // It is tried again when there is more.
      IoEvent event{.name = id.name,
                    .slot = id.slot,
                    .label = id.label,
                    .offset = piece->offset,
                    .gap = piece->offset - at.offset};
      std::size_t size = piece->size;
      event.pid = pid_at(at.log, piece->offset, size);
      event.data = std::string_view(room.data(), size);
      at.offset = piece->offset + size;
      if (!listener.means(id, event.pid)) continue;
      listener.on_io(event.label, event);
      if (still.expired()) return;
    }
  }

  // Who wrote the byte at `offset`; `size` is made less where another process went on.
  static std::uint64_t pid_at(stream::LogReader& log, std::uint64_t offset, std::size_t& size) {
    const auto first = log.times().at(offset);
    const auto last = log.times().at(offset + size - 1);
    if (!first || !last) return 0;
    if (first->run == last->run) return first->run;
    for (const auto& run : log.times().runs()) {
      if (run.begin <= offset) continue;
      size = std::min<std::size_t>(size, run.begin - offset);
      break;
    }
    return first->run;
  }

  const Clock& clock;
  Signal<Manager::Growth>& growth;
  const std::function<stream::Output*(const OutputId&)> find;
  uv_loop_s* const uv_loop;
  std::vector<std::shared_ptr<Listener>> listeners;
  std::set<OutputId> pending;
  bool is_delivering = false;
  const std::shared_ptr<char> alive = std::make_shared<char>();
  std::optional<TurnEnd> turn_end;
  Subscription heard;
};

OutputMonitor::OutputMonitor(uv_loop_s* loop, const Clock& clock, Signal<Manager::Growth>& growth,
                             std::function<stream::Output*(const OutputId&)> find)
    : state_(std::make_shared<State>(loop, clock, growth, std::move(find))) {}

OutputMonitor::~OutputMonitor() = default;

Subscription OutputMonitor::listen(std::vector<Target> targets, std::string_view label,
                                   const std::vector<OutputId>& present, OnIo on_io) {
  auto listener = std::make_shared<Listener>();
  listener->targets = std::move(targets);
  listener->label = label;
  listener->on_io = std::move(on_io);
  listener->since = state_->clock.wall();
  for (const OutputId& id : present) {
    const stream::Output* output = listener->means(id) ? state_->find(id) : nullptr;
    if (output == nullptr) continue;
    stream::LogReader log(output->view());
    const std::uint64_t end = log.end();
    listener->positions.emplace(id, Position{std::move(log), end});
  }
  state_->add(listener);
  return Subscription(
      std::shared_ptr<void>(nullptr, [weak = std::weak_ptr<State>(state_), listener](void*) {
        if (const auto state = weak.lock()) state->drop(*listener);
      }));
}

}  // namespace gaffer
