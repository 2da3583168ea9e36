#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/events/history.h"
#include "core/events/signal.h"
#include "core/manager/applications.h"
#include "core/manager/job.h"
#include "core/manager/output_monitor.h"
#include "core/manager/workshop.h"
#include "core/stats/stats.h"
#include "gaffer/event.h"
#include "gaffer/event_emitter.h"
#include "gaffer/info.h"
#include "gaffer/manager.h"
#include "gaffer/process_template.h"
#include "gaffer/result.h"
#include "gaffer/update.h"
#include "uv/timer.h"
#include "uv/wakeup.h"

namespace gaffer {

/// What a manager is made of. The contract is gaffer/manager.h; what is said there is not repeated.
class Manager::Impl {
 public:
  /// LIFETIME: the loop, the clock and the launcher outlive this; `world`, if it is given, holds
  /// them. `manager` is what applications are told.
  Impl(Manager& manager, uv::Loop& loop, const Clock& clock, Launcher& launcher, Settings settings,
       std::shared_ptr<void> world = nullptr);
  ~Impl();

  Result<void> start(const std::vector<Application*>& applications);
  Result<void> run();
  void stop(OnSettled on_stopped);
  void restart(OnSettled on_restarted);
  void post(std::function<void()> function) { wakeup_.post(std::move(function)); }
  [[nodiscard]] bool is_started() const { return applications_.is_started(); }
  [[nodiscard]] uv::Loop& loop() const { return workshop_.loop; }

  [[nodiscard]] Result<void> check(const ProcessTemplate& process_template) const;
  Result<void> add(ProcessTemplate process_template);
  Result<void> restore(ProcessTemplate process_template, bool is_wanted,
                       const std::set<int>& resting);
  Result<Update> update(ProcessTemplate process_template);
  Result<void> remove(std::string_view target);
  Result<void> start(std::string_view target);
  Result<void> stop(std::string_view target);
  Result<void> restart(std::string_view target);
  Result<void> reload(std::string_view target);
  Result<void> signal(std::string_view target, int number);
  Result<void> write(std::string_view target, std::string_view bytes, std::string_view label);
  Result<void> close_input(std::string_view target, std::string_view label);
  Result<void> resize(std::string_view target, TerminalSize size);
  [[nodiscard]] Result<stream::InputWriter> input(std::string_view target,
                                                  std::string_view label) const;
  Result<int> scale(std::string_view name, std::string_view expression);
  Result<std::uint64_t> run_once(std::string_view name,
                                 const std::map<std::string, std::string>& env);
  Result<void> when_settled(std::string_view target, OnSettled on_settled);
  void shut_down(OnSettled on_done);
  void kill_all();
  [[nodiscard]] Result<TemplateInfo> info(std::string_view name) const;
  [[nodiscard]] std::vector<TemplateInfo> all() const;
  [[nodiscard]] std::map<std::uint64_t, ProcessInfo> running() const;
  [[nodiscard]] Result<std::vector<TemplateInfo>> infos(std::string_view target) const;
  [[nodiscard]] std::vector<OutputId> outputs(std::string_view name) const;
  [[nodiscard]] uv::Pool& pool() { return workshop_.outputs.files.pool(); }
  stream::Output* output(const OutputId& id);
  void reopen_logs();
  void set_log_budget(std::uint64_t bytes) { workshop_.outputs.files.set_budget(bytes); }
  [[nodiscard]] std::uint64_t revision() const { return history_.revision(); }
  [[nodiscard]] Result<std::vector<Event>> events_after(std::uint64_t revision,
                                                        std::size_t limit) const {
    return history_.after(revision, limit);
  }
  EventEmitter<Event>& events() { return events_; }
  stats::Monitor& stats() { return stats_; }
  Result<Subscription> monitor_io(std::string_view target, std::string_view label, OnIo on_io);
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

  Result<Job*> insert(ProcessTemplate process_template);
  [[nodiscard]] Result<Job*> find(std::string_view name) const;
  [[nodiscard]] Result<std::vector<Selected>> select(std::string_view target) const;
  [[nodiscard]] std::optional<Selected> select_process(std::string_view target) const;
  Result<void> act(std::string_view target, std::string_view verb, void (Job::*on_template)(),
                   policy::Input on_process);
  Result<void> act_on_running(std::string_view target,
                              const std::function<Result<void>(const Slot&)>& act);
  [[nodiscard]] Result<void> require_staying(const Job& job, std::string_view verb) const;
  [[nodiscard]] Result<std::vector<stats::Group>> running_groups(std::string_view target) const;
  void tell_wish(const Job& job, const Slot& slot, policy::Input wish);
  void queue(Event event);
  void wait_for_end_of_turn();
  void end_turn();
  std::vector<OnSettled> sweep();
  void forget_those_who_are_gone();

  void begin_stop(OnSettled on_stopped);
  void has_stopped();
  void begin_restart(OnSettled on_restarted);

  std::shared_ptr<void> world_;
  Workshop workshop_;
  std::vector<std::unique_ptr<Job>> jobs_;  // In the order in which they were added.
  std::map<std::string, Job*, std::less<>> by_name_;
  EventHistory history_;
  std::vector<Job*> touched_;  // There is something for Job::sweep.
  EventEmitter<Event> events_;
  Signal<Growth> growth_;
  stats::Monitor stats_;
  OutputMonitor output_monitor_;
  Applications applications_;
  bool is_running_ = false;  // Within `run`.
  bool is_restarting_ = false;
  std::vector<OnSettled> waiting_for_restart_;
  bool is_shut_down_ = false;
  std::vector<OnSettled> waiting_for_turn_;  // For nobody in particular.
  std::vector<OnSettled> waiting_for_end_;
  uv::Timer turn_end_;
  uv::Wakeup wakeup_;
  std::shared_ptr<char> alive_ = std::make_shared<char>();  // Watched by what calls out.
};

}  // namespace gaffer
