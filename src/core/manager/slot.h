#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "base/clock.h"
#include "core/policy/lifecycle.h"
#include "core/policy/pace.h"
#include "core/process/launcher.h"
#include "core/process/process.h"
#include "core/stream/output.h"
#include "gaffer/event.h"
#include "gaffer/info.h"
#include "uv/loop.h"
#include "uv/timer.h"

namespace gaffer {

/// What every slot of a manager works with.
struct Workshop {
  uv::Loop& loop;
  const Clock& clock;
  Launcher& launcher;
  policy::PaceSettings pace;
  std::vector<std::string> environment;  ///< NAME=value; what processes have below their own.
  std::optional<rlim_t> descriptor_limit;
  std::function<void(Event)>
      on_event;                ///< Queues it: a step is never interrupted by what hears of it.
  std::uint64_t last_pid = 0;  ///< gaffer's own ids: 1, 2, 3 …, never reused.
  std::minstd_rand random{std::random_device{}()};
};

/// The place of a process within its template: takes the steps that policy::kLifecycle names.
class Slot {
 public:
  /// CALLS: `on_settled` when it is neither on its way up nor down any more, from within the step,
  /// and `on_grown` when its output has grown. Neither may destroy this.
  /// LIFETIME: `workshop` outlives this.
  Slot(Workshop& workshop, std::shared_ptr<const ProcessTemplate> process_template, int number,
       stream::OutputSettings output, std::function<void()> on_settled,
       std::function<void()> on_grown);

  /// A wish from outside: Start, Stop or Restart.
  void wish(policy::Input input) { step(input); }

  /// Ends the process at once; what follows is the same as after any end.
  void kill();

  [[nodiscard]] int number() const { return number_; }
  [[nodiscard]] ProcessState state() const { return state_; }
  [[nodiscard]] ProcessInfo info() const;
  [[nodiscard]] stream::Output& output() { return output_; }

 private:
  void step(policy::Input input);
  void spawn();
  void pause(policy::Input after);
  void process_gone(ExitStatus status);
  void tell(Event::Kind kind, std::optional<ExitStatus> status = std::nullopt) const;
  [[nodiscard]] Duration uptime() const;

  Workshop& workshop_;
  std::shared_ptr<const ProcessTemplate> template_;
  const int number_;
  std::function<void()> on_settled_;
  stream::Output output_;

  ProcessState state_ = ProcessState::Stopped;
  std::string reason_ = "not started yet";
  std::uint64_t pid_ = 0;
  std::uint64_t starts_ = 0;
  Moment started_{};
  std::optional<LastExit> last_exit_;
  policy::Pace pace_;
  Moment next_start_{};
  std::optional<uv::Timer> pause_timer_;
  std::unique_ptr<Process> process_;  // Writes to output_, so it goes first.
};

}  // namespace gaffer
