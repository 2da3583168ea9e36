#include "core/manager/slot.h"

#include <algorithm>
#include <utility>

#include "base/assert.h"
#include "core/manager/launch_plan.h"
#include "core/policy/restart.h"

namespace gaffer {

using policy::Action;
using policy::Input;
using std::chrono::duration_cast;
using std::chrono::milliseconds;

namespace {

// So long a new process has to live before the old one is asked to go.
constexpr std::chrono::seconds kProof{1};

}  // namespace

Slot::Slot(Workshop& workshop, Owner& owner,
           std::shared_ptr<const ProcessTemplate> process_template, int number,
           std::shared_ptr<SlotStreams> streams)
    : workshop_(workshop),
      owner_(owner),
      template_(std::move(process_template)),
      number_(number),
      streams_(std::move(streams)),
      since_(workshop.clock.now()) {}

void Slot::wish(Input input) {
  is_wanted_ = input != Input::Stop;
  step(input);
}

void Slot::end_what_was_left() {
  if (template_->detach || !workshop_.launcher.is_ending_in(place())) return;
  wish(Input::Start);  // That finds it.
  wish(Input::Stop);
}

void Slot::lose_place() {
  if (is_wanted_ && current_.process)
    tell(Event::Kind::Reap, current_, "there are to be fewer processes");
  wish(Input::Stop);
}

void Slot::hold(Moment until, const std::string& reason) {
  step(Input::Hold);
  if (state_ != ProcessState::Waiting) return;
  is_held_ = true;
  next_start_ = until;
  reason_ = reason;
}

void Slot::give_up(const std::string& reason) {
  step(Input::GiveUp);
  if (state_ == ProcessState::Failed) reason_ = reason;
}

void Slot::set_template(std::shared_ptr<const ProcessTemplate> process_template) {
  template_ = std::move(process_template);
  streams_->adapt(*template_);
}

void Slot::step(Input input) {
  const auto [next, action] = policy::next(state_, input);
  GAFFER_ASSERT(action != Action::Impossible, "the lifecycle table has an answer");
  if (std::exchange(state_, next) != next) {
    since_ = workshop_.clock.now();
    timer_.reset();  // It belonged to the state before.
    place_.reset();
    is_held_ = false;
  }
  switch (action) {
    case Action::Spawn:
      return spawn();
    case Action::SpawnSuccessor:
      return spawn_successor();
    case Action::TakeOver:
      return take_over();
    case Action::AskToStop:
      return ask_to_stop();
    case Action::Pause:
      return pause(input);
    case Action::LineUp:
      return line_up();
    case Action::Rest:
      return rest(input);
    case Action::None:
    case Action::Impossible:
      if (is_settled()) owner_.slot_settled(*this);
  }
}

void Slot::spawn() {
  // Who runs a process once is told at once what came of it; one that was left is only found.
  const bool is_at_once = number_ == 0 || workshop_.launcher.number_left_in(place());
  if (!is_at_once && !workshop_.line.is_free()) return step(Input::Postponed);
  Run run;
  const auto launched = launch(run);
  current_ = std::move(run);
  if (launched) {
    reason_ = refusals(current_);
    step(Input::Spawned);
    return tell(Event::Kind::Spawn, current_);
  }
  reason_ = launched.error().message;
  current_.cgroup = {};  // Its descriptor may be what another process lacks.
  step(Input::SpawnFailed);
  tell(Event::Kind::Fail, current_);
  owner_.slot_failed(*this);
}

// What was only a best effort, and was refused.
std::string Slot::refusals(const Run& run) {
  std::string text;
  for (const std::string& refused : run.process->refused())
    text += (text.empty() ? "" : ", ") + refused;
  return text;
}

void Slot::spawn_successor() {
  if (successor_) {  // It was made from what the template was before.
    ask_to_stop(*successor_);
    leaving_.push_back(std::move(*successor_));
  }
  successor_ = std::make_unique<Run>();
  if (const auto launched = launch(*successor_); !launched) {
    return successor_gone(launched.error().message);
  }
  tell(Event::Kind::Spawn, *successor_);
  timer_.emplace(workshop_.loop);
  timer_->start(kProof, [this] { step(Input::Proved); });
}

// A gafferd before this one has left it here, running, or ended and nobody was told.
Result<bool> Slot::resume(Run& run) {
  if (number_ == 0 || !is_empty()) return false;
  const auto number = workshop_.launcher.number_left_in(place());
  if (!number) return false;
  if (!streams_->fit(*template_)) streams_ = owner_.make_streams(number_);
  run.pid = *number;
  ++starts_;
  GAFFER_TRY(Process::Resumed resumed, Process::resume(workshop_.loop, workshop_.launcher, place(),
                                                       streams_->of_process(*template_, run.pid),
                                                       [this, pid = run.pid](ExitStatus status) {
                                                         process_gone(pid, status);
                                                       }));
  run.started = workshop_.clock.now() - resumed.age;
  run.process = std::move(resumed.process);
  if (template_->detach) run.process->let_go();
  return true;
}

std::string Slot::place() const { return template_->name + "." + std::to_string(number_); }

Result<void> Slot::launch(Run& run) {
  GAFFER_TRY(const bool is_resumed, resume(run));
  if (is_resumed) return {};
  run.pid = ++workshop_.last_pid;
  run.started = workshop_.clock.now();
  ++starts_;
  const LaunchId id{
      .slot = number_, .pid = run.pid, .tree = workshop_.tree + std::to_string(run.pid)};
  GAFFER_TRY(config::Variables outer, outer_variables(*template_));
  GAFFER_TRY(os::SpawnPlan plan,
             launch_plan(*template_, workshop_.environment, std::move(outer), id));
  GAFFER_TRY(assume_identity(*template_, plan));
  plan.descriptor_limit = workshop_.descriptor_limit;
  plan.number = run.pid;
  plan.place = place();
  if (is_empty() && !streams_->fit(*template_)) streams_ = owner_.make_streams(number_);
  if (!template_->detach) {
    GAFFER_TRY(run.cgroup, cgroup_.take(workshop_.cgroup_directory, *template_, number_, run.pid));
  }
  GAFFER_TRY(run.process,
             Process::start(
                 workshop_.loop, workshop_.launcher, std::move(plan),
                 streams_->of_process(*template_, run.pid),
                 [this, pid = run.pid](ExitStatus status) { process_gone(pid, status); },
                 run.cgroup.cgroup));
  if (template_->detach) run.process->let_go();
  return {};
}

void Slot::take_over() {
  if (current_.process) {
    reason_ = "its place was taken by process " + std::to_string(successor_->pid);
    tell(Event::Kind::Reap, current_);
    ask_to_stop(current_);
    leaving_.push_back(std::move(current_));
  }
  current_ = std::move(*successor_);
  successor_.reset();
  reason_ = refusals(current_);
  owner_.slot_settled(*this);
}

void Slot::ask_to_stop() {
  if (is_empty()) return;  // It has ended already, and is about to say so.
  reason_ = "asked to stop";
  for (const Run* run : runs())
    ask_to_stop(*run);
}

void Slot::ask_to_stop(const Run& run) {
  const auto asked = run.process->stop(template_->stop_signal, template_->graceful_timeout);
  if (!asked) reason_ = asked.error().message;
  tell(Event::Kind::StopPid, run);
}

void Slot::pause(Input after) {
  const double random = std::uniform_real_distribution<double>(0, 1)(workshop_.random);
  const Moment now = workshop_.clock.now();
  const auto [pace, wait] = policy::pace_after(
      template_->backoff, pace_,
      after == Input::Exited ? policy::Ending::Exit : policy::Ending::FailedStart,
      now - current_.started, random);
  if (pace.early_exits == 1) early_since_ = now;
  pace_ = pace;
  if (wait.count() == 0 && after == Input::Exited) return step(Input::TimeCame);
  next_start_ = now + wait;
  timer_.emplace(workshop_.loop);
  timer_->start(wait, [this] { take_turn(); });
  owner_.slot_settled(*this);
}

void Slot::line_up() {
  next_start_ = workshop_.clock.now();
  place_ = workshop_.line.wait([this] { step(Input::TimeCame); });
}

// Its own pause is over; that of all that keep ending together may not be.
void Slot::take_turn() {
  const Moment now = workshop_.clock.now();
  const Duration wait = workshop_.budget.take(now);
  if (wait.count() == 0) return step(Input::TimeCame);
  next_start_ = now + wait;
  timer_->start(wait, [this] { step(Input::TimeCame); });
}

void Slot::rest(Input after) {
  timer_.reset();
  place_.reset();
  cgroup_.forget();
  if (after == Input::Finished) {
    is_wanted_ = false;
  } else if (!is_wanted_) {
    reason_ = "stopped on request";
  }
  owner_.slot_settled(*this);
}

void Slot::process_gone(std::uint64_t pid, ExitStatus status) {
  if (successor_ && successor_->pid == pid) {
    tell_exit(*successor_, status);
    if (state_ == ProcessState::Reloading) return successor_gone(describe(status));
    end(*successor_);
    successor_.reset();
  } else if (current_.pid == pid) {
    remember(status);
    tell_exit(current_, status);
    end(current_);
  } else {
    const auto left = std::ranges::find(leaving_, pid, &Run::pid);
    GAFFER_ASSERT(left != leaving_.end(), "a process that ends is one of ours");
    tell_exit(*left, status);
    end(*left);
    leaving_.erase(left);
  }
  switch (state_) {
    case ProcessState::Stopping:
    case ProcessState::Restarting:
      if (is_empty()) step(Input::Exited);  // Of two that were asked to stop the last one counts.
      return;
    case ProcessState::Running:
      return current_.process ? owner_.slot_settled(*this) : ended_by_itself(status);
    case ProcessState::Reloading:
      return current_.process ? void() : step(Input::Exited);
    default:
      owner_.slot_settled(*this);
  }
}

void Slot::ended_by_itself(ExitStatus status) {
  if (template_->detach || !policy::is_restarted(*template_, status)) return step(Input::Finished);
  owner_.slot_failed(*this);
  if (state_ == ProcessState::Running || is_empty()) step(Input::Exited);
}

void Slot::successor_gone(const std::string& why) {
  reason_ = "not reloaded, the new process failed: " + why;
  if (!successor_->process) tell(Event::Kind::Fail, *successor_);
  end(*successor_);
  successor_.reset();
  step(Input::SuccessorGone);
}

void Slot::remember(ExitStatus status) {
  last_exit_ = LastExit{.status = status,
                        .at = workshop_.clock.wall(),
                        .is_out_of_memory = current_.cgroup.has_run_out_of_memory()};
  reason_ = describe(*last_exit_);
}

void Slot::end(Run& run) {
  run.process.reset();
  cgroup_.give_back(std::move(run.cgroup));
}

void Slot::kill() {
  for (const Run* run : runs()) {
    if (const auto killed = run->process->kill(); !killed) reason_ = killed.error().message;
  }
}

Result<void> Slot::signal(int number) const {
  if (current_.process) return current_.process->signal(number);
  return Error{Errc::NotRunning, 0, "nothing runs that could be signalled"};
}

Result<stream::Input*> Slot::input(std::string_view label) const {
  if (!current_.process) return Error{Errc::NotRunning, 0, "nothing runs that could read"};
  if (!label.empty()) {
    const auto at = streams_->custom_stream(label);
    if (at) return current_.process->further_inputs().at(*at).get();
    return Error{Errc::NotFound, 0, "no custom stream " + std::string(label)};
  }
  if (stream::Input* input = current_.process->input()) return input;
  return Error{Errc::InvalidArgument, 0,
               "its standard input is /dev/null: the template needs redirect_input or pty"};
}

std::string Slot::label() const { return template_->name + "." + std::to_string(number_); }

bool Slot::is_settled() const {
  const bool is_moving = state_ == ProcessState::Starting || state_ == ProcessState::Stopping ||
                         state_ == ProcessState::Restarting || state_ == ProcessState::Reloading;
  return !is_moving && !place_ && leaving_.empty();
}

bool Slot::is_empty() const { return runs().empty(); }

std::vector<const Slot::Run*> Slot::runs() const {
  std::vector<const Run*> all;
  if (current_.process) all.push_back(&current_);
  if (successor_) all.push_back(successor_.get());
  for (const Run& run : leaving_)
    all.push_back(&run);
  return all;
}

std::vector<stats::Subject> Slot::subjects() const {
  std::vector<stats::Subject> all;
  for (const Run* run : runs()) {
    const auto& cgroup = run->cgroup.cgroup;
    all.push_back({.os_pid = run->process->os_pid(),
                   .pid = run->pid,
                   .slot = number_,
                   .cgroup = cgroup ? cgroup->path() : ""});
  }
  return all;
}

void Slot::tell(Event::Kind kind, const Run& run, std::string reason,
                std::optional<ExitStatus> status) {
  workshop_.on_event({.kind = kind,
                      .name = template_->name,
                      .slot = number_,
                      .pid = run.pid,
                      .os_pid = run.process ? run.process->os_pid() : 0,
                      .is_once = number_ == 0,
                      .is_detached = template_->detach,
                      .status = status,
                      .reason = std::move(reason)});
}

ProcessInfo Slot::info() const {
  const Moment now = workshop_.clock.now();
  ProcessInfo info{.name = template_->name,
                   .slot = number_,
                   .pid = current_.pid,
                   .os_pid = current_.process ? current_.process->os_pid() : 0,
                   .state = state_,
                   .since = duration_cast<milliseconds>(now - since_),
                   .is_wanted = is_wanted_,
                   .reason = reason_,
                   .is_held = is_held_,
                   .restarts = starts_ > 0 ? starts_ - 1 : 0,
                   .last_exit = last_exit_,
                   .early_exits = pace_.early_exits};
  if (std::string problem = streams_->problem(); !problem.empty()) info.reason = std::move(problem);
  if (pace_.early_exits > 0) info.early_since = duration_cast<milliseconds>(now - early_since_);
  if (current_.process) info.uptime = duration_cast<milliseconds>(now - current_.started);
  if (state_ == ProcessState::Waiting) {
    info.next_start = duration_cast<milliseconds>(next_start_ - now);
  }
  return info;
}

}  // namespace gaffer
