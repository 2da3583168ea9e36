#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "core/events/signal.h"
#include "core/stream/log_reader.h"
#include "gaffer/info.h"
#include "gaffer/manager.h"
#include "gaffer/result.h"
#include "gaffer/subscription.h"
#include "gaffer/turn_end.h"

namespace gaffer {

/// Tells what processes write at the end of the turn in which it came, so that whoever hears it may
/// do anything.
class OutputMonitor {
 public:
  using OnIo = Manager::OnIo;

  /// Whose output is meant. An empty `name`: everybody's.
  struct Target {
    std::string name;       ///< Of a template, or `shop:*`.
    int slot = -1;          ///< -1: all.
    std::uint64_t pid = 0;  ///< 0: all.

    [[nodiscard]] bool means(const OutputId& id) const;
  };

  /// LIFETIME: all of them outlive this. `find` as Manager::output.
  OutputMonitor(uv_loop_s* loop, const Clock& clock, Signal<Manager::Growth>& growth,
                std::function<stream::Output*(const OutputId&)> find);
  OutputMonitor(const OutputMonitor&) = delete;
  OutputMonitor& operator=(const OutputMonitor&) = delete;
  ~OutputMonitor();

  /// `present` are the streams that there are, whose past is not told. `label` `.` is all.
  Subscription listen(std::vector<Target> targets, std::string_view label,
                      const std::vector<OutputId>& present, OnIo on_io);

 private:
  struct Listener;
  struct State;
  std::shared_ptr<State> state_;  // Watched by subscriptions, and by what calls out.
};

}  // namespace gaffer
