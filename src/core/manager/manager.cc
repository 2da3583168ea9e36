#include "core/manager/manager.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <random>
#include <utility>

#include "base/strings.h"
#include "core/config/validate.h"
#include "core/manager/launch_plan.h"
#include "core/policy/scaling.h"
#include "os/descendants.h"
#include "os/host.h"

namespace gaffer {

namespace {

// Unlike that of any other manager; below that of the gaffer that started this program, if one did.
std::string new_tree() {
  std::random_device random;
  const std::string outer = os::environment_variable(std::string(os::kTreeVariable));
  return (outer.empty() ? "" : outer + "/") + std::to_string(random()) + std::to_string(random()) +
         ".";
}

Result<void> require_valid(const ProcessTemplate& process_template) {
  const auto problems = config::validate(process_template);
  if (problems.empty()) return {};
  return Error{Errc::InvalidArgument, 0, problems.front().message};
}

}  // namespace

Manager::Impl::Impl(Manager& manager, uv::Loop& loop, const Clock& clock, Launcher& launcher,
                    Settings settings, std::shared_ptr<void> world)
    : world_(std::move(world)),
      workshop_{
          .loop = loop,
          .clock = clock,
          .launcher = launcher,
          .outputs = OutputShop(loop, std::move(settings.output)),
          .environment = std::move(settings.environment),
          .descriptor_limit = settings.descriptor_limit,
          .cgroup_directory = std::move(settings.cgroup_directory),
          .on_event = [this](Event event) { queue(std::move(event)); },
          .on_touched =
              [this](Job& job) {
                touched_.push_back(&job);
                wait_for_end_of_turn();
              },
          .on_grown = [this](const OutputId& id,
                             stream::Output& grown) { growth_.emit({.id = id, .output = grown}); },
          .last_pid = launcher.last_number(),
          .tree = launcher.tree_prefix().empty() ? new_tree() : launcher.tree_prefix()},
      history_(kKeptEvents, settings.last_revision),
      // As many as there are: what happens in one turn is bounded by the number of processes.
      events_(loop.raw(), std::numeric_limits<std::size_t>::max()),
      stats_(loop, clock, [this](std::string_view target) { return running_groups(target); }),
      output_monitor_(loop.raw(), clock, growth_,
                      [this](const OutputId& id) { return output(id); }),
      applications_(manager),
      turn_end_(loop),
      wakeup_(loop) {
  wakeup_.keep_loop_alive(false);
}

Manager::Impl::~Impl() { applications_.stop(); }

Result<void> Manager::Impl::start(const std::vector<Application*>& applications) {
  if (is_shut_down_) return Error{Errc::NotRunning, 0, "cannot start: it was stopped"};
  GAFFER_TRY(applications_.start(applications, workshop_.loop.raw()));
  wakeup_.keep_loop_alive(true);
  return {};
}

Result<void> Manager::Impl::run() {
  if (!is_started()) return Error{Errc::NotRunning, 0, "cannot run: it has not been started"};
  is_running_ = true;
  const std::weak_ptr<char> alive = alive_;
  workshop_.loop.run();
  if (!alive.expired()) is_running_ = false;
  return {};
}

void Manager::Impl::stop(OnSettled on_stopped) {
  post([this, on_stopped = std::move(on_stopped)] { begin_stop(on_stopped); });
}

void Manager::Impl::begin_stop(OnSettled on_stopped) {
  shut_down([this] { has_stopped(); });
  if (on_stopped) waiting_for_end_.push_back(std::move(on_stopped));
}

// Comes with every stop, and does it once.
void Manager::Impl::has_stopped() {
  applications_.stop();
  wakeup_.keep_loop_alive(false);
  if (is_running_) workshop_.loop.stop();
}

void Manager::Impl::restart(OnSettled on_restarted) {
  post([this, on_restarted = std::move(on_restarted)] { begin_restart(on_restarted); });
}

void Manager::Impl::begin_restart(OnSettled on_restarted) {
  if (on_restarted) waiting_for_restart_.push_back(std::move(on_restarted));
  if (std::exchange(is_restarting_, true)) return;
  if (!is_shut_down_) {
    applications_.restart();
    for (const auto& job : jobs_) {
      if (job->is_wanted()) job->process_template().port ? job->restart() : job->reload();
    }
  }
  (void)when_settled("*", [this] {
    is_restarting_ = false;
    const std::weak_ptr<char> alive = alive_;
    for (const OnSettled& on_done : std::exchange(waiting_for_restart_, {})) {
      on_done();
      if (alive.expired()) return;
    }
  });
}

Result<void> Manager::Impl::add(ProcessTemplate process_template) {
  const bool starts = process_template.start;
  GAFFER_TRY(Job * job, insert(std::move(process_template)));
  if (starts) job->start();
  return {};
}

Result<void> Manager::Impl::restore(ProcessTemplate process_template, bool is_wanted,
                                    const std::set<int>& resting) {
  GAFFER_TRY(Job * job, insert(std::move(process_template)));
  job->restore(is_wanted, resting);
  return {};
}

Result<Job*> Manager::Impl::insert(ProcessTemplate process_template) {
  const std::string name = process_template.name;
  if (is_shut_down_)
    return Error{Errc::NotRunning, 0, "cannot add " + name + ": everything is being stopped"};
  GAFFER_TRY(check(process_template));
  if (find(name))
    return Error{Errc::AlreadyExists, 0,
                 "cannot add " + name + ": there is a template of that name"};
  jobs_.push_back(std::make_unique<Job>(workshop_, std::move(process_template)));
  Job& job = *jobs_.back();
  by_name_.emplace(name, &job);
  queue({.kind = Event::Kind::Create, .name = name});
  return &job;
}

Result<Update> Manager::Impl::update(ProcessTemplate process_template) {
  GAFFER_TRY(Job * job, find(process_template.name));
  GAFFER_TRY(require_staying(*job, "update"));
  GAFFER_TRY(check(process_template));
  return job->update(std::move(process_template));
}

Result<void> Manager::Impl::remove(std::string_view target) {
  GAFFER_TRY(const auto selected, select(target));
  for (const auto& [job, slot] : selected) {
    if (slot != nullptr)
      return Error{Errc::InvalidArgument, 0,
                   "cannot remove " + std::string(target) + ": a single process can be stopped"};
    job->remove();
  }
  return {};
}

Result<void> Manager::Impl::start(std::string_view target) {
  return act(target, "start", &Job::start, policy::Input::Start);
}

Result<void> Manager::Impl::stop(std::string_view target) {
  return act(target, "", &Job::stop, policy::Input::Stop);
}

Result<void> Manager::Impl::restart(std::string_view target) {
  return act(target, "restart", &Job::restart, policy::Input::Restart);
}

Result<void> Manager::Impl::reload(std::string_view target) {
  return act(target, "reload", &Job::reload, policy::Input::Reload);
}

// Without a verb it may be done to what is being stopped or removed.
Result<void> Manager::Impl::act(std::string_view target, std::string_view verb,
                                void (Job::*on_template)(), policy::Input on_process) {
  GAFFER_TRY(const auto selected, select(target));
  for (const auto& [job, slot] : selected) {
    if (!verb.empty()) GAFFER_TRY(require_staying(*job, verb));
  }
  for (const auto& [job, slot] : selected) {
    if (slot != nullptr) {
      tell_wish(*job, *slot, on_process);
      slot->wish(on_process);
    } else {
      (job->*on_template)();
    }
  }
  return {};
}

Result<void> Manager::Impl::signal(std::string_view target, int number) {
  return act_on_running(target, [number](const Slot& slot) { return slot.signal(number); });
}

Result<void> Manager::Impl::write(std::string_view target, std::string_view bytes,
                                  std::string_view label) {
  return act_on_running(target, [bytes, label](const Slot& slot) -> Result<void> {
    GAFFER_TRY(stream::Input * input, slot.input(label));
    return input->writer().write(bytes);
  });
}

Result<void> Manager::Impl::close_input(std::string_view target, std::string_view label) {
  return act_on_running(target, [label](const Slot& slot) -> Result<void> {
    GAFFER_TRY(stream::Input * input, slot.input(label));
    return input->writer().close();
  });
}

Result<void> Manager::Impl::resize(std::string_view target, TerminalSize size) {
  return act_on_running(target, [size](const Slot& slot) -> Result<void> {
    GAFFER_TRY(stream::Input * input, slot.input(""));
    return input->resize(size);
  });
}

Result<stream::InputWriter> Manager::Impl::input(std::string_view target,
                                                 std::string_view label) const {
  GAFFER_TRY(const auto selected, select(target));
  std::vector<const Slot*> running;
  for (const auto& one : selected)
    one.each_slot([&](const Slot& slot) {
      if (slot.is_running()) running.push_back(&slot);
    });
  if (running.size() == 1) {
    GAFFER_TRY(stream::Input * input, running.front()->input(label));
    return input->writer();
  }
  const bool is_none = running.empty();
  return Error{is_none ? Errc::NotRunning : Errc::InvalidArgument, 0,
               std::string(target) + (is_none ? ": nothing runs" : ": more than one process runs")};
}

// One that refuses does not keep the others from it.
Result<void> Manager::Impl::act_on_running(std::string_view target,
                                           const std::function<Result<void>(const Slot&)>& act) {
  GAFFER_TRY(const auto selected, select(target));
  std::optional<Error> refused;
  bool is_done = false;
  for (const auto& one : selected)
    one.each_slot([&](const Slot& slot) {
      if (!slot.is_running()) return;
      auto done = act(slot);
      is_done = is_done || done;
      if (!done && !refused) refused = done.error().within(slot.label());
    });
  if (refused) return *std::move(refused);
  if (is_done) return {};
  return Error{Errc::NotRunning, 0, std::string(target) + ": nothing runs"};
}

Result<int> Manager::Impl::scale(std::string_view name, std::string_view expression) {
  GAFFER_TRY(Job * job, find(name));
  ProcessTemplate scaled = job->process_template();
  GAFFER_TRY(scaled.numprocesses, policy::scaled(scaled.numprocesses, expression));
  GAFFER_TRY(require_staying(*job, "scale"));
  if (const auto valid = require_valid(scaled); !valid)
    return valid.error().within("cannot scale " + scaled.name);
  if (scaled.numprocesses != job->process_template().numprocesses) job->scale(scaled.numprocesses);
  return scaled.numprocesses;
}

Result<std::uint64_t> Manager::Impl::run_once(std::string_view name,
                                              const std::map<std::string, std::string>& env) {
  GAFFER_TRY(Job * job, find(name));
  GAFFER_TRY(require_staying(*job, "run"));
  return job->run_once(env);
}

Result<void> Manager::Impl::when_settled(std::string_view target, OnSettled on_settled) {
  GAFFER_TRY(const auto selected, select(target));
  if (selected.empty()) {
    waiting_for_turn_.push_back(std::move(on_settled));
    wait_for_end_of_turn();
    return {};
  }
  auto left = std::make_shared<std::size_t>(selected.size());
  auto shared = std::make_shared<OnSettled>(std::move(on_settled));
  for (const auto& [job, slot] : selected) {
    job->when_settled([left, shared] {
      if (--*left == 0) (*shared)();
    });
  }
  return {};
}

void Manager::Impl::shut_down(OnSettled on_done) {
  is_shut_down_ = true;
  waiting_for_end_.push_back(std::move(on_done));
  // The last one added may need the first: it goes first.
  for (std::size_t at = jobs_.size(); at-- > 0;)
    jobs_[at]->shut_down();
  wait_for_end_of_turn();
}

void Manager::Impl::kill_all() {
  for (const auto& job : jobs_)
    job->kill();
}

Result<TemplateInfo> Manager::Impl::info(std::string_view name) const {
  GAFFER_TRY(const Job* job, find(name));
  return job->info();
}

std::vector<TemplateInfo> Manager::Impl::all() const {
  std::vector<TemplateInfo> infos;
  infos.reserve(jobs_.size());
  for (const auto& job : jobs_)
    infos.push_back(job->info());
  return infos;
}

std::map<std::uint64_t, ProcessInfo> Manager::Impl::running() const {
  std::map<std::uint64_t, ProcessInfo> processes;
  for (const auto& job : jobs_) {
    job->each_slot([&](const Slot& slot) {
      if (ProcessInfo info = slot.info(); info.os_pid != 0)
        processes.emplace(info.pid, std::move(info));
    });
  }
  return processes;
}

Result<std::vector<TemplateInfo>> Manager::Impl::infos(std::string_view target) const {
  GAFFER_TRY(const auto selected, select(target));
  std::vector<TemplateInfo> infos;
  for (const auto& [job, slot] : selected) {
    infos.push_back(job->info());
    if (slot != nullptr) infos.back().processes = {slot->info()};
  }
  return infos;
}

Result<std::vector<stats::Group>> Manager::Impl::running_groups(std::string_view target) const {
  GAFFER_TRY(const auto selected, select(target));
  // The others of its slot, of which one takes the place of another, are not meant by a pid.
  const std::uint64_t pid =
      by_name_.contains(target) ? 0 : parse_number<std::uint64_t>(target).value_or(0);
  std::vector<stats::Group> groups;
  groups.reserve(selected.size());
  for (const Selected& one : selected) {
    groups.push_back({.name = one.job->name(), .subjects = {}});
    one.each_slot([&](const Slot& slot) {
      for (stats::Subject& subject : slot.subjects()) {
        if (pid == 0 || subject.pid == pid) groups.back().subjects.push_back(std::move(subject));
      }
    });
  }
  return groups;
}

Result<Subscription> Manager::Impl::monitor_io(std::string_view target, std::string_view label,
                                               OnIo on_io) {
  GAFFER_TRY(const auto selected, select(target));
  const std::uint64_t pid =
      by_name_.contains(target) ? 0 : parse_number<std::uint64_t>(target).value_or(0);
  std::vector<OutputMonitor::Target> targets;
  if (target == "*" || target.ends_with(":*"))
    targets.push_back({.name = target == "*" ? "" : std::string(target)});
  std::vector<OutputId> present;
  for (const Selected& one : selected) {
    std::ranges::move(one.job->outputs(), std::back_inserter(present));
    if (one.slot != nullptr)
      targets.push_back({.name = one.job->name(), .slot = one.slot->number(), .pid = pid});
    else if (target == one.job->name())
      targets.push_back({.name = one.job->name()});
  }
  if (label != "." && std::ranges::find(present, label, &OutputId::label) == present.end())
    return Error{Errc::NotFound, 0,
                 std::string(target) + " has no output stream " + std::string(label)};
  return output_monitor_.listen(std::move(targets), label, present, std::move(on_io));
}

std::vector<OutputId> Manager::Impl::outputs(std::string_view name) const {
  const auto job = find(name);
  return job ? (*job)->outputs() : std::vector<OutputId>{};
}

stream::Output* Manager::Impl::output(const OutputId& id) {
  const auto job = find(id.name);
  return job ? (*job)->output(id.slot, id.label) : nullptr;
}

void Manager::Impl::reopen_logs() {
  for (const auto& job : jobs_)
    job->each_slot([](Slot& slot) { slot.streams().reopen(); });
}

Result<Job*> Manager::Impl::find(std::string_view name) const {
  const auto found = by_name_.find(name);
  if (found == by_name_.end()) return Error{Errc::NotFound, 0, "no template " + std::string(name)};
  return found->second;
}

Result<std::vector<Manager::Impl::Selected>> Manager::Impl::select(std::string_view target) const {
  std::vector<Selected> selected;
  const bool is_group = target.ends_with(":*");
  if (is_group || target == "*") {
    const std::string_view group = target.substr(0, is_group ? target.size() - 2 : 0);
    for (const auto& job : jobs_) {
      if (!is_group || job->group() == group) selected.push_back({job.get(), nullptr});
    }
    if (is_group && selected.empty())
      return Error{Errc::NotFound, 0, "no template of group " + std::string(group)};
    return selected;
  }
  if (const auto process = select_process(target)) return std::vector<Selected>{*process};
  GAFFER_TRY(Job * job, find(target));
  return std::vector<Selected>{{job, nullptr}};
}

// A template may be called `web.2` itself: then that is meant.
std::optional<Manager::Impl::Selected> Manager::Impl::select_process(
    std::string_view target) const {
  if (by_name_.contains(target)) return std::nullopt;
  if (const auto pid = parse_number<std::uint64_t>(target)) {
    for (const auto& job : jobs_) {
      if (Slot* slot = job->slot_of_pid(*pid)) return Selected{job.get(), slot};
    }
    return std::nullopt;
  }
  const auto dot = target.rfind('.');
  if (dot == std::string_view::npos) return std::nullopt;
  const auto job = find(target.substr(0, dot));
  const auto number = parse_number<int>(target.substr(dot + 1));
  Slot* slot = job && number ? (*job)->slot(*number) : nullptr;
  if (slot == nullptr) return std::nullopt;
  return Selected{*job, slot};
}

Result<void> Manager::Impl::check(const ProcessTemplate& process_template) const {
  Result<void> good = require_valid(process_template);
  if (good) good = require_plan(process_template, workshop_.environment);
  return good ? good : good.error().within("template " + process_template.name);
}

Result<void> Manager::Impl::require_staying(const Job& job, std::string_view verb) const {
  if (!is_shut_down_ && !job.is_leaving()) return {};
  return Error{Errc::NotRunning, 0,
               "cannot " + std::string(verb) + " " + job.name() + ": " +
                   (is_shut_down_ ? "everything is being stopped" : "it is being removed")};
}

// What a single process is asked for is told here; of a template its job tells it.
void Manager::Impl::tell_wish(const Job& job, const Slot& slot, policy::Input wish) {
  if (wish != policy::Input::Restart && wish != policy::Input::Reload) return;
  queue({.kind = wish == policy::Input::Restart ? Event::Kind::Restart : Event::Kind::Reload,
         .name = job.name(),
         .slot = slot.number(),
         .pid = slot.pid()});
}

void Manager::Impl::queue(Event event) {
  wait_for_end_of_turn();
  event.time = workshop_.clock.wall();
  const Event& kept = history_.add(std::move(event));
  const std::string name(event_name(kept.kind));
  const std::string of_template = "proc." + kept.name + "." + name;
  if (kept.pid == 0) {
    events_.publish_as({name, of_template}, kept);
  } else {
    events_.publish_as({name, of_template, "proc." + std::to_string(kept.pid) + "." + name}, kept);
  }
}

void Manager::Impl::wait_for_end_of_turn() {
  turn_end_.start(Duration(0), [this] { end_turn(); });  // Anew: behind all that is due now.
}

void Manager::Impl::end_turn() {
  const std::weak_ptr<char> alive = alive_;  // Whoever is called may destroy this.
  for (const OnSettled& on_settled : sweep()) {
    on_settled();
    if (alive.expired()) return;
  }
  events_.deliver();
}

// Takes away what has come to its end, and returns those who waited for it.
std::vector<Manager::OnSettled> Manager::Impl::sweep() {
  std::vector<OnSettled> due = std::exchange(waiting_for_turn_, {});
  bool is_one_gone = false;
  for (Job* job : std::exchange(touched_, {})) {
    std::ranges::move(job->sweep(), std::back_inserter(due));
    is_one_gone = is_one_gone || job->is_gone();
  }
  if (is_one_gone) forget_those_who_are_gone();
  if (waiting_for_end_.empty()) return due;
  if (std::ranges::all_of(jobs_, [](const auto& job) { return job->is_at_rest(); }))
    std::ranges::move(std::exchange(waiting_for_end_, {}), std::back_inserter(due));
  return due;
}

void Manager::Impl::forget_those_who_are_gone() {
  std::erase_if(touched_, [](const Job* job) { return job->is_gone(); });
  std::erase_if(jobs_, [this](const auto& job) {
    if (!job->is_gone()) return false;
    queue({.kind = Event::Kind::Delete, .name = job->name()});
    by_name_.erase(job->name());
    return true;
  });
}

}  // namespace gaffer
