#include "core/stats/stats.h"

#include <algorithm>
#include <utility>

#include "core/events/signal.h"

namespace gaffer::stats {
namespace {

/// What listeners of one kind are told.
struct View {
  std::string target;
  StatsSettings settings;
  Moment due{};
  bool has_looked = false;
  std::size_t listeners = 0;
  std::vector<TemplateStats> stats;
  std::vector<TemplateSampler> samplers;  // One for each of them.
  Signal<std::vector<TemplateStats>> told;

  void look(Surroundings& world, const std::vector<Group>& groups) {
    for (std::size_t at = 0; at < groups.size(); ++at) {
      // Mostly they are those of the last time, in the same order.
      std::size_t known = at;
      while (known < stats.size() && stats[known].name != groups[at].name)
        ++known;
      if (known == stats.size()) {
        stats.push_back({.name = groups[at].name});
        samplers.emplace_back(settings);
      }
      if (known != at) {
        std::swap(stats[at], stats[known]);
        std::swap(samplers[at], samplers[known]);
      }
      samplers[at].sample(world, groups[at].subjects, stats[at]);
    }
    stats.resize(groups.size());
    samplers.erase(samplers.begin() + static_cast<std::ptrdiff_t>(groups.size()), samplers.end());
  }
};

Result<void> require_possible(const StatsSettings& settings) {
  if (settings.refresh >= Monitor::kShortest && settings.refresh <= Monitor::kLongest) return {};
  return Error{Errc::InvalidArgument, 0,
               "cannot look every " + std::to_string(settings.refresh.count()) +
                   " ms: it must be from 10 ms to 1 h"};
}

}  // namespace

struct Monitor::State {
  State(uv::Loop& loop, const Clock& its_clock, Find its_find)
      : clock(its_clock), find(std::move(its_find)), timer(loop) {}

  std::shared_ptr<View> view(std::string_view target, const StatsSettings& settings) {
    for (const auto& one : views) {
      if (one->target == target && one->settings == settings) return one;
    }
    views.push_back(std::make_shared<View>(
        View{.target = std::string(target), .settings = settings, .due = clock.now()}));
    return views.back();
  }

  void drop(View& view) {
    --view.listeners;
    if (!is_looking) sweep();
  }

  void sweep() {
    std::erase_if(views, [](const auto& view) { return view->listeners == 0; });
    if (views.empty()) {
      timer.cancel();
      world.reset();
      return;
    }
    const auto next =
        std::ranges::min_element(views, {}, [](const auto& view) { return view->due; });
    timer.start(std::max(Duration(0), Duration((*next)->due - clock.now())), [this] { fire(); });
  }

  void fire() {
    const std::weak_ptr<char> still = alive;  // A handler may destroy this.
    const auto all = views;
    is_looking = true;
    for (const auto& view : all) {
      if (view->listeners == 0 || view->due > clock.now()) continue;
      look(*view);
      if (std::exchange(view->has_looked, true)) view->told.emit(view->stats);
      if (still.expired()) return;
    }
    is_looking = false;
    sweep();
  }

  void look(View& view) {
    const Moment now = clock.now();
    view.due += view.settings.refresh;
    if (view.due <= now) view.due = now + view.settings.refresh;  // What was missed is left out.
    if (!world) world = std::make_unique<Surroundings>();
    world->begin(now);
    const auto groups = find(view.target);
    view.look(*world, groups ? *groups : std::vector<Group>{});
  }

  const Clock& clock;
  const Find find;
  std::vector<std::shared_ptr<View>> views;
  std::unique_ptr<Surroundings> world;
  bool is_looking = false;
  uv::Timer timer;
  const std::shared_ptr<char> alive = std::make_shared<char>();
};

Monitor::Monitor(uv::Loop& loop, const Clock& clock, Find find)
    : state_(std::make_shared<State>(loop, clock, std::move(find))) {}

Monitor::~Monitor() = default;

Result<Subscription> Monitor::listen(std::string_view target, OnStats on_stats,
                                     StatsSettings settings) {
  GAFFER_TRY(require_possible(settings));
  GAFFER_TRY(const auto groups, state_->find(target));
  const auto view = state_->view(target, settings);
  ++view->listeners;
  auto heard = view->told.subscribe(
      [on_stats = std::move(on_stats),
       still = std::weak_ptr<char>(state_->alive)](const std::vector<TemplateStats>& stats) {
        // The one before may have destroyed the monitor, but not what is told just now.
        if (!still.expired()) on_stats("STATS", stats);
      });
  if (!state_->is_looking) state_->sweep();
  return Subscription(std::shared_ptr<void>(nullptr, [weak = std::weak_ptr<State>(state_), view,
                                                      heard = std::move(heard)](void*) mutable {
    heard.unsubscribe();
    if (const auto state = weak.lock()) state->drop(*view);
  }));
}

Result<std::vector<TemplateStats>> Monitor::look(std::string_view target, StatsSettings settings) {
  GAFFER_TRY(const auto groups, state_->find(target));
  Surroundings world;
  world.begin(state_->clock.now());
  std::vector<TemplateStats> stats;
  stats.reserve(groups.size());
  for (const Group& group : groups) {
    stats.push_back({.name = group.name});
    TemplateSampler(settings).sample(world, group.subjects, stats.back());
  }
  return stats;
}

}  // namespace gaffer::stats
