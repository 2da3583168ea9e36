#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/manager/slot_cgroup.h"
#include "core/manager/slot_streams.h"
#include "core/manager/workshop.h"
#include "core/policy/lifecycle.h"
#include "core/policy/pace.h"
#include "core/process/process.h"
#include "core/stats/sampler.h"
#include "gaffer/info.h"
#include "uv/timer.h"

namespace gaffer {

/// The place of a process within its template: takes the steps that policy::kLifecycle names.
class Slot {
 public:
  /// Who decides for all slots of a template together. What it is told comes from within a step, as
  /// its last act; it may wish, and must not destroy the slot.
  class Owner {
   public:
    Owner() = default;
    Owner(const Owner&) = delete;
    Owner& operator=(const Owner&) = delete;
    virtual ~Owner() = default;

    /// The slot is neither on its way up nor down any more.
    virtual void slot_settled(Slot& slot) = 0;
    /// A process of the slot ended by itself and is to be started again, or could not be started.
    virtual void slot_failed(const Slot& failed) = 0;
    /// The streams that the template has now.
    virtual std::shared_ptr<SlotStreams> make_streams(int slot) = 0;
  };

  /// LIFETIME: `workshop` and `owner` outlive this.
  Slot(Workshop& workshop, Owner& owner, std::shared_ptr<const ProcessTemplate> process_template,
       int number, std::shared_ptr<SlotStreams> streams);

  /// A wish from outside: Start, Stop, Restart or Reload.
  void wish(policy::Input input);

  /// Of one of which nothing is wanted: ends what an earlier life of this program had not quite
  /// ended.
  void end_what_was_left();

  /// There are to be fewer: stops for good.
  void lose_place();

  /// The template waits until then: stops the process, if there is one; once it is at rest the slot
  /// has to be told again, and then waits.
  void hold(Moment until, const std::string& reason);
  /// The template has failed: as `hold`, without an end.
  void give_up(const std::string& reason);

  /// Ends the processes at once; what follows is the same as after any end.
  void kill();

  /// Signals the process and its group.
  /// ERRORS: NotRunning, PermissionDenied.
  [[nodiscard]] Result<void> signal(int number) const;

  /// The custom stream of that label of the process that runs; with an empty one its standard input,
  /// or its terminal.
  /// ERRORS: NotRunning; InvalidArgument when the template gives it no input, NotFound when it has no
  /// such stream.
  [[nodiscard]] Result<stream::Input*> input(std::string_view label) const;

  /// What the next process is made from, and from now on how this one is treated.
  void set_template(std::shared_ptr<const ProcessTemplate> process_template);

  [[nodiscard]] int number() const { return number_; }
  /// `web.2`.
  [[nodiscard]] std::string label() const;
  [[nodiscard]] std::uint64_t pid() const { return current_.pid; }
  [[nodiscard]] ProcessState state() const { return state_; }
  [[nodiscard]] bool is_running() const { return current_.process != nullptr; }
  [[nodiscard]] bool is_wanted() const { return is_wanted_; }
  [[nodiscard]] bool is_detached() const { return template_->detach; }
  /// Nothing is under way: no process on its way up or down.
  [[nodiscard]] bool is_settled() const;
  [[nodiscard]] ProcessInfo info() const;
  [[nodiscard]] SlotStreams& streams() { return *streams_; }
  /// The processes that run: while one is replaced there are two, or more.
  [[nodiscard]] std::vector<stats::Subject> subjects() const;

 private:
  /// One process, from its start to its end.
  struct Run {
    std::uint64_t pid = 0;
    Moment started{};
    CgroupOfRun cgroup;
    std::unique_ptr<Process> process;
  };

  void step(policy::Input input);
  void spawn();
  void spawn_successor();
  Result<void> launch(Run& run);
  Result<bool> resume(Run& run);
  [[nodiscard]] std::string place() const;
  [[nodiscard]] static std::string refusals(const Run& run);
  void take_over();
  void ask_to_stop();
  void ask_to_stop(const Run& run);
  void pause(policy::Input after);
  void line_up();
  void take_turn();
  void rest(policy::Input after);
  void process_gone(std::uint64_t pid, ExitStatus status);
  void ended_by_itself(ExitStatus status);
  void successor_gone(const std::string& why);
  void remember(ExitStatus status);
  void end(Run& run);
  [[nodiscard]] bool is_empty() const;
  [[nodiscard]] std::vector<const Run*> runs() const;
  void tell(Event::Kind kind, const Run& run) { tell(kind, run, reason_); }
  void tell(Event::Kind kind, const Run& run, std::string reason,
            std::optional<ExitStatus> status = std::nullopt);
  void tell_exit(const Run& run, ExitStatus status) {
    tell(Event::Kind::Exit, run, describe(status), status);
  }

  Workshop& workshop_;
  Owner& owner_;
  std::shared_ptr<const ProcessTemplate> template_;
  const int number_;
  std::shared_ptr<SlotStreams> streams_;

  ProcessState state_ = ProcessState::Stopped;
  Moment since_;
  bool is_wanted_ = false;
  bool is_held_ = false;
  std::string reason_ = "not started yet";
  std::uint64_t starts_ = 0;
  std::optional<LastExit> last_exit_;
  policy::Pace pace_;
  Moment early_since_{};
  Moment next_start_{};
  uv::TurnLine::Place place_;       // Among those who are to be started.
  std::optional<uv::Timer> timer_;  // Of the pause, or until a successor has proved itself.

  SlotCgroup cgroup_;
  Run current_;                     // Its process is null when nothing runs.
  std::unique_ptr<Run> successor_;  // While reloading.
  std::vector<Run> leaving_;        // Those whose place has been taken.
};

}  // namespace gaffer
