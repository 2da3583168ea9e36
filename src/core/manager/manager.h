#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/events/history.h"
#include "core/events/signal.h"
#include "core/manager/job.h"
#include "core/manager/workshop.h"
#include "gaffer/event.h"
#include "gaffer/info.h"
#include "gaffer/process_template.h"
#include "gaffer/result.h"
#include "gaffer/update.h"

namespace gaffer {

/// Keeps the processes of its templates alive and acts on them.
///
/// Everything happens on one loop's thread. A call states a wish and returns; what comes of it is
/// told by events and by `when_settled`. Destroying a manager ends whatever still runs, at once,
/// but for what is detached.
///
/// What takes a *target* acts on all that it names:
///
///     web      a template, all its processes
///     web.2    the process in slot 2 of it
///     7        the process with this pid, gaffer's own
///     shop:*   all templates of a group
///     *        all templates
class Manager {
 public:
  struct Settings {
    OutputSettings output;
    std::vector<std::string> environment;  ///< NAME=value; what processes have below their own.
    std::optional<rlim_t>
        descriptor_limit;  ///< Soft limit of open files of processes; empty: ours.
    std::string
        cgroup_directory;  ///< Where processes get cgroups (v2) of their own; empty: nowhere.
    std::uint64_t last_revision =
        0;  ///< Of an earlier manager, whose events this one goes on from.
  };
  using OnSettled = std::function<void()>;
  static constexpr std::size_t kKeptEvents = 10'000;  ///< Then the oldest is forgotten.

  /// LIFETIME: the loop, the clock and the launcher outlive this.
  Manager(uv::Loop& loop, const Clock& clock, Launcher& launcher, Settings settings);

  /// Whether a template could be added, were its name free.
  /// ERRORS: InvalidArgument, and what is wrong with its `env_file`.
  [[nodiscard]] Result<void> check(const ProcessTemplate& process_template) const;

  /// Adds a template and, unless it says to wait, starts its processes.
  /// ERRORS: AlreadyExists, and as `check`.
  Result<void> add(ProcessTemplate process_template);

  /// Replaces the template of the same name; of its processes only those that must be.
  /// ERRORS: NotFound, and as `check`.
  Result<Update> update(ProcessTemplate process_template);

  /// Stops the processes of templates and then forgets them.
  /// ERRORS: NotFound, as all that take a target; InvalidArgument for a single process.
  Result<void> remove(std::string_view target);

  Result<void> start(std::string_view target);
  /// A process that was stopped alone stays so until it, or its template, is started.
  Result<void> stop(std::string_view target);
  /// Stops each process and starts it again; one that does not run is started.
  Result<void> restart(std::string_view target);
  /// As `restart`, one process of a template after the other, each new one made before the old one
  /// is asked to stop.
  Result<void> reload(std::string_view target);

  /// Signals the processes that run, with their groups.
  /// ERRORS: NotRunning when there is none, PermissionDenied.
  Result<void> signal(std::string_view target, int number);

  /// Writes to the standard input, or the terminal, of each process that runs, or with a label to
  /// that custom stream: to each all of it or nothing, behind what was written before.
  /// ERRORS: NotRunning when there is none; InvalidArgument for one without an input, NotFound for
  /// one without such a stream; what stream::InputWriter::write says. One that refuses does not keep
  /// the others from it.
  Result<void> write(std::string_view target, std::string_view bytes, std::string_view label = "");
  /// The end of what can be read there. ERRORS: as `write`.
  Result<void> close_input(std::string_view target, std::string_view label = "");
  /// Another size for their terminals. ERRORS: as `write`; InvalidArgument for one without.
  Result<void> resize(std::string_view target, TerminalSize size);
  /// What any thread may write with to the one process that runs.
  /// ERRORS: as `write`; InvalidArgument when several run.
  [[nodiscard]] Result<stream::InputWriter> input(std::string_view target,
                                                  std::string_view label = "") const;

  /// Changes the number of processes by `3`, `=3`, `+1`, `-1`; the newest go first. Returns the new
  /// number.
  /// ERRORS: NotFound, InvalidArgument.
  Result<int> scale(std::string_view name, std::string_view expression);

  /// Runs one process more of a template, that is not counted and not started again, with `env` on
  /// top of the template's. Returns its pid. It is listed as slot 0 until it ends.
  /// ERRORS: NotFound, or why it cannot run.
  Result<std::uint64_t> run_once(std::string_view name,
                                 const std::map<std::string, std::string>& env);

  /// CALLS: `on_settled` once on a later turn, when no process of these templates is on its way up
  /// or down; at the latest when the patience of those that were asked to stop is over.
  Result<void> when_settled(std::string_view target, OnSettled on_settled);

  /// Stops everything but what is detached, all side by side, for good: nothing can be added or
  /// started any more.
  /// CALLS: `on_done` once on a later turn, when nothing else runs.
  void shut_down(OnSettled on_done);
  /// Ends whatever runs at once, but for what is detached.
  void kill_all();

  [[nodiscard]] Result<TemplateInfo> info(std::string_view name) const;
  /// In the order in which they were added.
  [[nodiscard]] std::vector<TemplateInfo> all() const;
  /// The processes that run, by gaffer's own pid.
  [[nodiscard]] std::map<std::uint64_t, ProcessInfo> running() const;

  /// The templates that a target names; where it names a process, with that alone.
  [[nodiscard]] Result<std::vector<TemplateInfo>> infos(std::string_view target) const;

  /// The output streams that a template's slots have now, also those of one-off runs.
  [[nodiscard]] std::vector<OutputId> outputs(std::string_view name) const;
  /// Threads for what may wait for a disk.
  [[nodiscard]] uv::Pool& pool() { return workshop_.outputs.files.pool(); }
  [[nodiscard]] uv::Loop& loop() { return workshop_.loop; }

  /// Nullptr if there is none. Valid until the next turn.
  stream::Output* output(const OutputId& id);
  /// Goes on in the files that are at the places of the logs now: after a log rotator has moved the
  /// old ones away.
  void reopen_logs();

  /// The revision of the last event that has happened. What `all` says now is the state after it.
  [[nodiscard]] std::uint64_t revision() const { return history_.revision(); }
  /// The events after a revision, the oldest first, at most `limit`. Those of the present turn,
  /// that subscribers have yet to hear, are among them.
  /// ERRORS: NotFound when some of them are no longer kept: then look at `all`, and go on after
  /// `revision`.
  [[nodiscard]] Result<std::vector<Event>> events_after(std::uint64_t revision,
                                                        std::size_t limit = kKeptEvents) const {
    return history_.after(revision, limit);
  }

  /// CALLS: with every event, at the end of the turn in which it happened. The handler may do
  /// anything, and destroy the manager.
  Subscription subscribe(Signal<Event>::Handler handler) {
    return events_.subscribe(std::move(handler));
  }

  /// Whose output has grown.
  struct Growth {
    const OutputId& id;
    stream::Output& output;
  };
  /// CALLS: in the turn in which bytes came, perhaps several times. The handler must not destroy
  /// the manager or change a template.
  Subscription subscribe_output(Signal<Growth>::Handler handler) {
    return growth_.subscribe(std::move(handler));
  }

 private:
  /// A whole template, or one process of it.
  struct Selected {
    Job* job;
    Slot* slot;

    template <typename Visitor>
    void each_slot(const Visitor& visit) const {
      slot != nullptr ? visit(*slot) : job->each_slot(visit);
    }
  };

  [[nodiscard]] Result<Job*> find(std::string_view name) const;
  [[nodiscard]] Result<std::vector<Selected>> select(std::string_view target) const;
  [[nodiscard]] std::optional<Selected> select_process(std::string_view target) const;
  Result<void> act(std::string_view target, std::string_view verb, void (Job::*on_template)(),
                   policy::Input on_process);
  Result<void> act_on_running(std::string_view target,
                              const std::function<Result<void>(const Slot&)>& act);
  [[nodiscard]] Result<void> require_staying(const Job& job, std::string_view verb) const;
  void tell_wish(const Job& job, const Slot& slot, policy::Input wish);
  void queue(Event event);
  void wait_for_end_of_turn();
  void end_turn();
  std::vector<OnSettled> sweep();
  void forget_those_who_are_gone();

  Workshop workshop_;
  std::vector<std::unique_ptr<Job>> jobs_;  // In the order in which they were added.
  std::map<std::string, Job*, std::less<>> by_name_;
  EventHistory history_;
  std::vector<Job*> touched_;  // There is something for Job::sweep.
  Signal<Event> events_;
  Signal<Growth> growth_;
  std::vector<Event> queued_;
  bool is_shut_down_ = false;
  std::vector<OnSettled> waiting_for_turn_;  // For nobody in particular.
  std::vector<OnSettled> waiting_for_end_;
  uv::Timer turn_end_;
  std::shared_ptr<char> alive_ = std::make_shared<char>();  // Watched by what calls out.
};

}  // namespace gaffer
