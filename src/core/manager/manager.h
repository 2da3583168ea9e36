#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/events/signal.h"
#include "core/manager/slot.h"
#include "gaffer/event.h"
#include "gaffer/info.h"
#include "gaffer/process_template.h"
#include "gaffer/result.h"

namespace gaffer {

/// Keeps the processes of its templates alive and acts on them.
///
/// Everything happens on one loop's thread. A call states a wish and returns; what comes of it is
/// told by events and by `when_settled`. Destroying a manager ends whatever still runs, at once.
class Manager {
 public:
  struct Settings {
    policy::PaceSettings pace;
    std::string log_directory;                                 ///< Empty: output is kept in memory.
    std::uint64_t keep_output_bytes = std::uint64_t{1} << 20;  ///< Of each slot.
    std::vector<std::string> environment;  ///< NAME=value; what processes have below their own.
    std::optional<rlim_t>
        descriptor_limit;  ///< Soft limit of open files of processes; empty: ours.
  };
  using OnSettled = std::function<void()>;

  /// LIFETIME: the loop, the clock and the launcher outlive this.
  Manager(uv::Loop& loop, const Clock& clock, Launcher& launcher, Settings settings);

  /// Adds a template and, unless it says to wait, starts its processes.
  /// ERRORS: InvalidArgument, AlreadyExists.
  Result<void> add(ProcessTemplate process_template);

  /// Stops the processes of a template and then forgets it.
  /// ERRORS: NotFound, as all that take a name.
  Result<void> remove(std::string_view name);

  Result<void> start(std::string_view name);
  Result<void> stop(std::string_view name);
  /// Stops each process and starts it again; one that does not run is started.
  Result<void> restart(std::string_view name);

  /// Changes the number of processes by `3`, `+1`, `-1`; the newest go first. Returns the new
  /// number.
  /// ERRORS: NotFound, InvalidArgument.
  Result<int> scale(std::string_view name, std::string_view expression);

  /// CALLS: `on_settled` once on a later turn, when no process of the template is on its way up or
  /// down; at the latest when the patience of those that were asked to stop is over.
  Result<void> when_settled(std::string_view name, OnSettled on_settled);

  /// Stops everything, all side by side, for good: nothing can be added or started any more.
  /// CALLS: `on_done` once on a later turn, when nothing runs.
  void shut_down(OnSettled on_done);
  /// Ends whatever runs at once.
  void kill_all();

  [[nodiscard]] Result<TemplateInfo> info(std::string_view name) const;
  /// In the order in which they were added.
  [[nodiscard]] std::vector<TemplateInfo> all() const;
  /// The processes that run, by gaffer's own pid.
  [[nodiscard]] std::map<std::uint64_t, ProcessInfo> running() const;

  /// The output of a slot, or nullptr if there is no such slot. Valid until the next turn.
  stream::Output* output(std::string_view name, int slot);

  /// CALLS: with every event, at the end of the turn in which it happened. The handler may do
  /// anything, and destroy the manager.
  Subscription subscribe(Signal<Event>::Handler handler) {
    return events_.subscribe(std::move(handler));
  }

  /// Whose output has grown.
  struct Growth {
    const std::string& name;
    int slot;
    stream::Output& output;
  };
  /// CALLS: in the turn in which bytes came, perhaps several times. The handler must not destroy
  /// the manager or change a template.
  Subscription subscribe_output(Signal<Growth>::Handler handler) {
    return growth_.subscribe(std::move(handler));
  }

 private:
  struct Entry {
    std::shared_ptr<const ProcessTemplate> process_template;
    bool is_wanted = false;
    bool is_leaving = false;                   // Forgotten when its last slot is.
    int wanted_slots = 0;                      // Slots above are leaving.
    std::vector<std::unique_ptr<Slot>> slots;  // Slot n stands at n - 1.
    std::vector<OnSettled> waiting;
  };

  [[nodiscard]] Result<Entry*> find(std::string_view name) const;
  [[nodiscard]] Result<void> require_staying(const Entry& entry, std::string_view verb) const;
  [[nodiscard]] static TemplateInfo info_of(const Entry& entry);
  void fit_slots(Entry& entry, int before);
  static void wish(Entry& entry, policy::Input input);
  void tell(Event::Kind kind, const Entry& entry);
  void queue(Event event);
  void end_turn();
  std::vector<OnSettled> sweep();

  Workshop workshop_;
  Settings settings_;
  std::vector<std::unique_ptr<Entry>> entries_;  // In the order in which they were added.
  std::map<std::string, Entry*, std::less<>> by_name_;
  Signal<Event> events_;
  Signal<Growth> growth_;
  std::vector<Event> queued_;
  bool is_shut_down_ = false;
  std::vector<OnSettled> waiting_for_end_;
  uv::Timer turn_end_;
  std::shared_ptr<char> alive_ = std::make_shared<char>();  // Watched by what calls out.
};

}  // namespace gaffer
