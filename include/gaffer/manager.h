#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gaffer/application.h"
#include "gaffer/event.h"
#include "gaffer/info.h"
#include "gaffer/io.h"
#include "gaffer/process_template.h"
#include "gaffer/result.h"
#include "gaffer/stats.h"
#include "gaffer/subscription.h"
#include "gaffer/update.h"
#include "gaffer/writer.h"

struct uv_loop_s;

namespace gaffer {

class Clock;
class Launcher;
namespace stream {
class InputWriter;
class Output;
}  // namespace stream
namespace uv {
class Loop;
class Pool;
}  // namespace uv

/// Where the outputs of a manager go, and how much is kept of them.
struct OutputSettings {
  std::string log_directory;  ///< Empty: memory, but for the logs that a template names.
  std::uint64_t memory_bytes = std::uint64_t{1} << 20;  ///< Of each stream of a slot in memory.
  std::uint64_t log_budget = std::uint64_t{1} << 30;    ///< Of all closed logs; 0: any number.
};

/// Keeps the processes of its templates alive and acts on them.
///
///     auto manager = gaffer::Manager::create().value();
///     (void)manager->add({.name = "web", .cmd = "python3 -m http.server"});
///     (void)manager->start();
///     (void)manager->run();  // Until somebody calls manager->stop().
///
/// Everything happens on one loop's thread, and so must every call but those that say *any thread*.
/// A call states a wish and returns; what comes of it is told by events and by `when_settled`.
/// Nothing of the host is touched: it keeps its signals and its own children, and there may be
/// several managers. Destroying one ends whatever still runs, at once, but for what is detached.
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
    /// NAME=value; what processes have below their own. `create` fills in the host's if empty.
    std::vector<std::string> environment;
    /// Soft limit of open files of processes; empty: that of the host.
    std::optional<std::uint64_t> descriptor_limit;
    std::string
        cgroup_directory;  ///< Where processes get cgroups (v2) of their own; empty: nowhere.
    /// Of an earlier manager, whose events this one goes on from.
    std::uint64_t last_revision = 0;
  };
  using OnSettled = std::function<void()>;
  using OnEvent = std::function<void(std::string_view name, const Event& event)>;
  using OnStats =
      std::function<void(std::string_view event, const std::vector<TemplateStats>& stats)>;
  using OnIo = std::function<void(std::string_view label, const IoEvent& output)>;
  static constexpr std::size_t kKeptEvents = 10'000;  ///< Then the oldest is forgotten.

  /// A manager whose processes are children of this program, on the host's loop, or on one of its
  /// own if that is null.
  /// ERRORS: what the system says.
  /// LIFETIME: `loop` outlives this.
  static Result<std::unique_ptr<Manager>> create(uv_loop_s* loop = nullptr);
  static Result<std::unique_ptr<Manager>> create(uv_loop_s* loop, Settings settings);

  Manager(const Manager&) = delete;
  Manager& operator=(const Manager&) = delete;
  ~Manager();

  [[nodiscard]] uv_loop_s* uv_loop() const;

  /// \name The whole of it.
  /// @{

  /// Starts applications, in this order. From now on the loop keeps running until `stop`.
  /// ERRORS: AlreadyExists when it has been started, NotRunning when it was stopped; what an
  /// application says: then those before it are stopped again.
  /// LIFETIME: the applications live until this was stopped or destroyed.
  Result<void> start(const std::vector<Application*>& applications = {});

  /// Runs the loop until `stop` has been carried out. A host that runs its loop itself need not
  /// call it. ERRORS: NotRunning when it has not been started.
  Result<void> run();

  /// Any thread, also before `run`. Stops every process but what is detached, all side by side,
  /// then the applications, the last one first. It is for good: nothing can be added or started any
  /// more. When it is stopped already it is only called back.
  /// CALLS: `on_stopped` once on a later turn; it may destroy this.
  void stop(OnSettled on_stopped = nullptr);

  /// Any thread. Tells the applications, then replaces the processes of all templates that are
  /// started, the new ones before the old ones go, or after that where both would need the same
  /// port. During a restart, it joins that one.
  /// CALLS: `on_restarted` once on a later turn.
  void restart(OnSettled on_restarted = nullptr);

  /// Any thread. Makes the loop go through a turn.
  void wakeup();

  /// Any thread: the way to everything that is not.
  /// CALLS: `function` once on the loop's thread, on a later turn, in the order of one thread's
  /// posts; not if this is destroyed before.
  void post(std::function<void()> function);

  [[nodiscard]] bool is_started() const;
  /// @}

  /// \name Templates.
  /// @{

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
  /// @}

  /// \name Processes.
  /// @{

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
  /// one without such a stream; LimitReached when its queue is full, writer.h. One that refuses does
  /// not keep the others from it.
  Result<void> write(std::string_view target, std::string_view bytes, std::string_view label = "");
  /// All of the lines, one behind the other, as one `write`. Each has its end with it.
  Result<void> writelines(std::string_view target, std::span<const std::string> lines,
                          std::string_view label = "");
  /// The end of what can be read there. ERRORS: as `write`.
  Result<void> close_input(std::string_view target, std::string_view label = "");
  /// Another size for their terminals. ERRORS: as `write`; InvalidArgument for one without.
  Result<void> resize(std::string_view target, TerminalSize size);
  /// What any thread may write with to the one process that runs.
  /// ERRORS: as `write`; InvalidArgument when several run.
  [[nodiscard]] Result<Writer> writer(std::string_view target, std::string_view label = "") const;

  /// Changes the number of processes by `3`, `=3`, `+1`, `-1`; the newest go first. Returns the new
  /// number.
  /// ERRORS: NotFound, InvalidArgument.
  Result<int> scale(std::string_view name, std::string_view expression);
  /// So many processes more, or fewer.
  Result<int> ttin(std::string_view name, int count = 1);
  Result<int> ttou(std::string_view name, int count = 1);

  /// Runs one process more of a template, that is not counted and not started again, with `env` on
  /// top of the template's. Returns its pid. It is listed as slot 0 until it ends.
  /// ERRORS: NotFound, or why it cannot run.
  Result<std::uint64_t> run_once(std::string_view name,
                                 const std::map<std::string, std::string>& env);

  /// CALLS: `on_settled` once on a later turn, when no process of these templates is on its way up
  /// or down; at the latest when the patience of those that were asked to stop is over.
  Result<void> when_settled(std::string_view target, OnSettled on_settled);

  /// Goes on in the files that are at the places of the logs now: after a log rotator has moved the
  /// old ones away.
  void reopen_logs();

  /// Keeps all closed files of logs together within so many bytes from now on; 0: any number.
  void set_log_budget(std::uint64_t bytes);

  /// As the `stop` of the whole, without the applications.
  void shut_down(OnSettled on_done);
  /// Ends whatever runs at once, but for what is detached.
  void kill_all();
  /// @}

  /// \name What there is.
  /// @{

  [[nodiscard]] Result<TemplateInfo> info(std::string_view name) const;
  /// In the order in which they were added.
  [[nodiscard]] std::vector<TemplateInfo> all() const;
  /// The processes that run, by gaffer's own pid.
  [[nodiscard]] std::map<std::uint64_t, ProcessInfo> running() const;

  /// The templates that a target names; where it names a process, with that alone.
  [[nodiscard]] Result<std::vector<TemplateInfo>> infos(std::string_view target) const;

  /// Visits the processes that a target names, those of a template in the order of their slots.
  Result<void> walk(std::string_view target,
                    const std::function<void(const ProcessInfo&)>& visit) const;

  /// The groups, and the names of their templates in the order in which they were added. Templates
  /// without a group are not among them.
  [[nodiscard]] std::map<std::string, std::vector<std::string>> groups() const;
  /// @}

  /// \name Events.
  /// @{

  /// Any thread. An event is told under its name, `exit`, and as `proc.NAME.exit`; that of a process
  /// as `proc.PID.exit`, too. `.` is everything; so is `proc`. See event_emitter.h.
  /// CALLS: `on_event` with every event of that name that happens from now on, at the end of the
  /// turn in which it happened. It may do anything, and destroy the manager.
  Subscription subscribe(std::string_view name, OnEvent on_event);
  /// The same for the next one alone.
  Subscription subscribe_once(std::string_view name, OnEvent on_event);
  /// The same for all.
  Subscription subscribe(std::function<void(const Event&)> on_event);

  /// The revision of the last event that has happened. What `all` says now is the state after it.
  [[nodiscard]] std::uint64_t revision() const;
  /// The events after a revision, the oldest first, at most `limit`. Those of the present turn,
  /// that subscribers have yet to hear, are among them.
  /// ERRORS: NotFound when some of them are no longer kept: then look at `all`, and go on after
  /// `revision`.
  [[nodiscard]] Result<std::vector<Event>> events_after(std::uint64_t revision,
                                                        std::size_t limit = kKeptEvents) const;
  /// @}

  /// \name Output.
  /// @{

  /// What the processes of a target write from now on to the streams of a label, one of
  /// `redirect_output` or `custom_streams`, or of all labels, `.`; also those that are started
  /// later. Dropping the subscription ends it. What a slow handler has not taken waits in the log,
  /// which keeps as much as the template says.
  /// CALLS: `on_io` with the label and the bytes at the end of the turn in which they came, those of
  /// a stream in their order. It may do anything, and destroy the manager.
  /// ERRORS: NotFound when the target names nothing, or no stream of it has the label.
  Result<Subscription> monitor_io(std::string_view target, std::string_view label, OnIo on_io);
  /// @}

  /// \name Statistics.
  /// @{

  /// What the processes of a target use of the machine, also those that are started later; that of a
  /// pid, `"7"`, alone. Dropping the subscription ends it. Nothing is read, and no file is open, but
  /// for those who listen.
  /// CALLS: `on_stats` with `STATS` and the templates that the target names, each with its
  /// processes, at each `refresh`, for the first time after one. It may do anything, and destroy the
  /// manager.
  /// ERRORS: NotFound when the target names nothing, InvalidArgument for such a refresh.
  Result<Subscription> monitor(std::string_view target, OnStats on_stats,
                               const StatsSettings& settings = {});

  /// One look, as a monitor has it, but for `cpu`, which takes two. ERRORS: as `monitor`.
  [[nodiscard]] Result<std::vector<TemplateStats>> stats(std::string_view target,
                                                         const StatsSettings& settings = {}) const;
  /// @}

  /// \name For gaffer's own programs: what it is made of, core/manager/manager.h.
  /// @{

  /// LIFETIME: the loop, the clock and the launcher outlive this.
  Manager(uv::Loop& loop, const Clock& clock, Launcher& launcher, Settings settings);

  /// Adds a template as it was in an earlier life of this program: if it was wanted it is started,
  /// but for the slots in which nothing was.
  /// ERRORS: as `add`.
  Result<void> restore(ProcessTemplate process_template, bool is_wanted,
                       const std::set<int>& resting);

  [[nodiscard]] uv::Loop& loop();
  /// Threads for what may wait for a disk.
  [[nodiscard]] uv::Pool& pool();

  /// The output streams that a template's slots have now, also those of one-off runs.
  [[nodiscard]] std::vector<OutputId> outputs(std::string_view name) const;
  /// Nullptr if there is none. Valid until the next turn.
  stream::Output* output(const OutputId& id);

  /// As `writer`.
  [[nodiscard]] Result<stream::InputWriter> input(std::string_view target,
                                                  std::string_view label = "") const;

  /// Whose output has grown.
  struct Growth {
    const OutputId& id;
    stream::Output& output;
  };
  /// CALLS: in the turn in which bytes came, perhaps several times. The handler must not destroy
  /// the manager or change a template.
  Subscription subscribe_output(std::function<void(const Growth&)> on_grown);
  /// @}

 private:
  class Impl;
  explicit Manager(std::unique_ptr<Impl> impl);

  std::unique_ptr<Impl> impl_;
};

}  // namespace gaffer
