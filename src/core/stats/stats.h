#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "core/stats/sampler.h"
#include "gaffer/result.h"
#include "gaffer/stats.h"
#include "gaffer/subscription.h"
#include "uv/loop.h"
#include "uv/timer.h"

namespace gaffer::stats {

/// A template and those of its processes that run.
struct Group {
  std::string name;
  std::vector<Subject> subjects;
};

/// Looks at processes for those who listen, as often as each wants it.
///
/// One timer serves all. Who wants the same as somebody else, of the same target and as often,
/// shares his looks; else each has looks of his own, because the share of a processor is that since
/// his own last one. Without a listener there is no timer and no open file.
class Monitor {
 public:
  /// Whom a target names just now.
  using Find = std::function<Result<std::vector<Group>>(std::string_view target)>;
  using OnStats = std::function<void(std::string_view event, const std::vector<TemplateStats>&)>;

  static constexpr std::chrono::milliseconds kShortest{10};
  static constexpr std::chrono::milliseconds kLongest = std::chrono::hours(1);

  /// LIFETIME: `loop`, `clock` and what `find` needs outlive this.
  Monitor(uv::Loop& loop, const Clock& clock, Find find);
  Monitor(const Monitor&) = delete;
  Monitor& operator=(const Monitor&) = delete;
  ~Monitor();

  /// CALLS: `on_stats` with `STATS` at each `refresh`, for the first time after one; with nothing
  /// when the target names nothing any more. It may do anything, and destroy this.
  /// ERRORS: InvalidArgument for a refresh beyond the bounds; what `find` says of the target.
  Result<Subscription> listen(std::string_view target, OnStats on_stats, StatsSettings settings);

  /// One look.
  Result<std::vector<TemplateStats>> look(std::string_view target, StatsSettings settings);

 private:
  struct State;
  std::shared_ptr<State> state_;  // Watched by what calls out, and by subscriptions.
};

}  // namespace gaffer::stats
