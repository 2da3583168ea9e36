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

Slot::Slot(Workshop& workshop, std::shared_ptr<const ProcessTemplate> process_template, int number,
           stream::OutputSettings output, std::function<void()> on_settled,
           std::function<void()> on_grown)
    : workshop_(workshop),
      template_(std::move(process_template)),
      number_(number),
      on_settled_(std::move(on_settled)),
      output_(workshop.loop, std::move(output), std::move(on_grown)) {}

void Slot::step(Input input) {
  const auto [next, action] = policy::next(state_, input);
  GAFFER_ASSERT(action != Action::Impossible, "the lifecycle table has an answer");
  state_ = next;
  switch (action) {
    case Action::Spawn:
      return spawn();
    case Action::AskToStop:
      reason_ = "asked to stop";
      if (const auto asked = process_->stop(template_->stop_signal, template_->graceful_timeout);
          !asked) {
        reason_ = asked.error().message;
      }
      return;
    case Action::Pause:
      return pause(input);
    case Action::Rest:
      pause_timer_.reset();
      if (input != Input::Finished) reason_ = "stopped on request";
      return on_settled_();
    case Action::None:
    case Action::Impossible:
      if (state_ == ProcessState::Running || state_ == ProcessState::Stopped) on_settled_();
  }
}

void Slot::spawn() {
  pause_timer_.reset();
  pid_ = ++workshop_.last_pid;
  ++starts_;
  started_ = workshop_.clock.now();
  auto started = [this]() -> Result<std::unique_ptr<Process>> {
    GAFFER_TRY(os::SpawnPlan plan, launch_plan(*template_, workshop_.environment, number_, pid_));
    GAFFER_TRY(assume_identity(*template_, plan));
    plan.descriptor_limit = workshop_.descriptor_limit;
    return Process::start(workshop_.loop, workshop_.launcher, std::move(plan), output_,
                          [this](ExitStatus status) { process_gone(status); });
  }();
  if (started) {
    process_ = std::move(*started);
    reason_ = "";
    step(Input::Spawned);
    return tell(Event::Kind::Spawn);
  }
  reason_ = started.error().message;
  // What cannot be started is not tried again at once, as what has run and ended is.
  pace_.early_exits = std::max(pace_.early_exits, 1U);
  step(Input::SpawnFailed);
  tell(Event::Kind::Fail);
}

void Slot::pause(Input after) {
  const double random = std::uniform_real_distribution<double>(0, 1)(workshop_.random);
  const auto [pace, wait] = policy::pace_after(workshop_.pace, pace_, uptime(), random);
  pace_ = pace;
  if (wait.count() == 0 && after == Input::Exited) return step(Input::TimeCame);
  next_start_ = workshop_.clock.now() + wait;
  if (!pause_timer_) pause_timer_.emplace(workshop_.loop);
  pause_timer_->start(wait, [this] { step(Input::TimeCame); });
  on_settled_();
}

void Slot::process_gone(ExitStatus status) {
  last_exit_ = LastExit{status, workshop_.clock.wall()};
  reason_ = describe(status);
  tell(Event::Kind::Exit, status);
  process_.reset();
  const bool is_wanted_end = state_ != ProcessState::Running;
  step(is_wanted_end || policy::is_restarted(*template_, status) ? Input::Exited : Input::Finished);
}

void Slot::kill() {
  if (!process_) return;
  if (const auto killed = process_->kill(); !killed) reason_ = killed.error().message;
}

void Slot::tell(Event::Kind kind, std::optional<ExitStatus> status) const {
  workshop_.on_event({.kind = kind,
                      .name = template_->name,
                      .slot = number_,
                      .pid = pid_,
                      .os_pid = process_ ? process_->os_pid() : 0,
                      .status = status,
                      .reason = reason_});
}

Duration Slot::uptime() const { return workshop_.clock.now() - started_; }

ProcessInfo Slot::info() const {
  ProcessInfo info{.name = template_->name,
                   .slot = number_,
                   .pid = pid_,
                   .os_pid = process_ ? process_->os_pid() : 0,
                   .state = state_,
                   .reason = output_.problem().empty() ? reason_ : output_.problem(),
                   .restarts = starts_ > 0 ? starts_ - 1 : 0,
                   .last_exit = last_exit_};
  if (process_) info.uptime = duration_cast<milliseconds>(uptime());
  if (state_ == ProcessState::Waiting) {
    info.next_start = duration_cast<milliseconds>(next_start_ - workshop_.clock.now());
  }
  return info;
}

}  // namespace gaffer
