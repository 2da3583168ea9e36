#include "core/manager/job.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "base/duration_text.h"
#include "core/config/properties.h"

namespace gaffer {

using policy::Input;

namespace {

// Old and new cannot run side by side where both would hold the same port, or where they do not
// agree on what a stream of the slot is.
Update::Way way_of_relaunch(const std::vector<std::string_view>& changed,
                            const ProcessTemplate& after) {
  constexpr std::array<std::string_view, 7> kOfTheSlot = {
      "custom_streams",  "detach",     "pty",       "redirect_input",
      "redirect_output", "stderr_log", "stdout_log"};
  const bool is_apart = std::ranges::find_first_of(changed, kOfTheSlot) != changed.end();
  return after.port || is_apart ? Update::Way::Restart : Update::Way::Reload;
}

bool needs_new_process(std::string_view name) {
  return config::find_property(name)->effect == config::Effect::Relaunch;
}

}  // namespace

Job::Job(Workshop& workshop, ProcessTemplate process_template)
    : workshop_(workshop),
      template_(std::make_shared<const ProcessTemplate>(std::move(process_template))) {
  fit_slots(0);
}

void Job::start() {
  begin_anew();
  wish(Input::Start);
}

void Job::restore(bool is_wanted, const std::set<int>& resting) {
  if (is_wanted) begin_anew();
  for (const auto& slot : slots_) {
    if (is_wanted && !resting.contains(slot->number())) {
      slot->wish(Input::Start);
    } else {
      slot->end_what_was_left();
    }
  }
}

void Job::stop() {
  cancel_what_is_pending();
  if (std::exchange(is_wanted_, false)) tell(Event::Kind::Stop);
  wish(Input::Stop);
}

void Job::restart() {
  begin_anew();
  tell(Event::Kind::Restart);
  wish(Input::Restart);
}

void Job::reload() {
  if (!is_wanted_) return start();
  begin_anew();
  tell(Event::Kind::Reload);
  reloading_ = 1;
  touch();
}

void Job::scale(int wanted) {
  ProcessTemplate scaled = *template_;
  scaled.numprocesses = wanted;
  tell(Event::Kind::Update);
  replace_template(std::move(scaled));
}

void Job::remove() {
  stop();
  is_leaving_ = true;
  ProcessTemplate emptied = *template_;
  emptied.numprocesses = 0;
  replace_template(std::move(emptied));
}

void Job::shut_down() {
  cancel_what_is_pending();
  if (std::exchange(is_wanted_, false)) tell(Event::Kind::Stop);
  each_slot([](Slot& slot) {
    if (!slot.is_detached()) slot.wish(Input::Stop);
  });
}

void Job::kill() const {
  each_slot([](Slot& slot) {
    if (!slot.is_detached()) slot.kill();
  });
}

Update Job::update(ProcessTemplate changed) {
  const auto names = config::changed(*template_, changed);
  Update update{.changed = {names.begin(), names.end()}};
  if (names.empty()) return update;
  const bool is_relaunch = is_wanted_ && std::ranges::any_of(names, needs_new_process);
  update.way = is_relaunch ? way_of_relaunch(names, changed) : Update::Way::Live;
  tell(Event::Kind::Update);
  replace_template(std::move(changed));
  if (update.way == Update::Way::Reload) reload();
  if (update.way == Update::Way::Restart) restart();
  return update;
}

void Job::replace_template(ProcessTemplate process_template) {
  const int before = template_->numprocesses;
  template_ = std::make_shared<const ProcessTemplate>(std::move(process_template));
  for (const auto& slot : slots_)
    slot->set_template(template_);
  fit_slots(before);
}

Result<std::uint64_t> Job::run_once(const std::map<std::string, std::string>& env) {
  ProcessTemplate once = *template_;
  for (const auto& [name, value] : env)
    once.env[name] = value;
  once.restart = Restart::Never;
  once.flapping.reset();
  once.detach = false;
  if (!once_streams_ || !once_streams_->fit(once)) once_streams_ = make_streams(0);
  auto slot = std::make_unique<Slot>(
      workshop_, *this, std::make_shared<const ProcessTemplate>(once), 0, once_streams_);
  slot->wish(Input::Start);
  if (slot->state() != ProcessState::Running)
    return Error{Errc::NotRunning, 0, slot->info().reason};
  once_.push_back(std::move(slot));
  return once_.back()->pid();
}

Slot* Job::slot(int number) const {
  const bool is_there = number >= 1 && static_cast<std::size_t>(number) <= slots_.size();
  return is_there ? slots_[static_cast<std::size_t>(number) - 1].get() : nullptr;
}

Slot* Job::slot_of_pid(std::uint64_t pid) const {
  Slot* found = nullptr;
  each_slot([&](Slot& slot) {
    if (slot.pid() == pid) found = &slot;
  });
  return found;
}

stream::Output* Job::output(int number, std::string_view label) const {
  if (number == 0 && once_streams_) return once_streams_->find(label);
  Slot* wanted = slot(number);
  return wanted != nullptr ? wanted->streams().find(label) : nullptr;
}

std::vector<OutputId> Job::outputs() const {
  std::vector<OutputId> ids;
  const auto add = [&](int slot, const SlotStreams& streams) {
    for (std::string& label : streams.labels())
      ids.push_back({.name = name(), .slot = slot, .label = std::move(label)});
  };
  for (const auto& slot : slots_)
    add(slot->number(), slot->streams());
  if (once_streams_) add(0, *once_streams_);
  return ids;
}

void Job::when_settled(std::function<void()> on_settled) {
  waiting_.push_back(std::move(on_settled));
  touch();
}

std::vector<std::function<void()>> Job::sweep() {
  if (!std::exchange(is_touched_, false)) return {};
  const auto wanted = static_cast<std::size_t>(template_->numprocesses);
  while (slots_.size() > wanted && slots_.back()->state() == ProcessState::Stopped)
    slots_.pop_back();
  std::erase_if(once_, [](const auto& slot) { return slot->state() == ProcessState::Stopped; });
  go_on_reloading();
  if (!is_settled()) return {};
  return std::exchange(waiting_, {});
}

bool Job::is_at_rest() const {
  bool is_at_rest = true;
  each_slot([&](const Slot& slot) {
    is_at_rest = is_at_rest && (slot.state() == ProcessState::Stopped || slot.is_detached());
  });
  return is_at_rest;
}

bool Job::is_settled() const {
  bool is_settled = reloading_ == 0;
  each_slot([&](const Slot& slot) { is_settled = is_settled && slot.is_settled(); });
  return is_settled;
}

TemplateInfo Job::info() const {
  TemplateInfo info{.process_template = *template_, .is_wanted = is_wanted_};
  info.processes.reserve(slots_.size() + once_.size());
  each_slot([&](const Slot& slot) { info.processes.push_back(slot.info()); });
  return info;
}

void Job::slot_settled(Slot& slot) {
  if (slot.state() == ProcessState::Stopped && slot.is_wanted()) hold_back(slot);
  touch();
}

void Job::slot_failed(const Slot& failed) {
  const bool is_one_off = failed.number() == 0;
  if (is_one_off || !template_->flapping) return;
  const Flapping& flapping = *template_->flapping;
  const Moment now = workshop_.clock.now();
  const auto verdict = policy::flapping_after(flapping, flapping_, now);
  if (verdict == policy::FlappingVerdict::GoOn) return;
  const std::string what = "flapping, " + std::to_string(flapping.attempts) + " ends within " +
                           duration_text(flapping.window);
  if (verdict == policy::FlappingVerdict::Pause) {
    verdict_ = Verdict::Hold;
    verdict_reason_ = what + ", pause " + std::to_string(flapping_.rounds) + " of " +
                      std::to_string(flapping.max_retry);
    held_until_ = now + flapping.retry_in;
    hold_timer_.emplace(workshop_.loop);
    hold_timer_->start(flapping.retry_in, [this] { pause_is_over(); });
  } else {
    verdict_ = Verdict::GiveUp;
    verdict_reason_ = "given up: " + what + " after " + std::to_string(flapping.max_retry) +
                      (flapping.max_retry == 1 ? " pause" : " pauses in a row");
  }
  tell(verdict_ == Verdict::Hold ? Event::Kind::Flap : Event::Kind::Fail, verdict_reason_);
  for (const auto& slot : slots_) {
    if (slot->is_wanted()) hold_back(*slot);
  }
}

void Job::hold_back(Slot& slot) {
  if (verdict_ == Verdict::Hold) slot.hold(held_until_, verdict_reason_);
  if (verdict_ == Verdict::GiveUp) slot.give_up(verdict_reason_);
}

void Job::pause_is_over() {
  cancel_what_is_pending();
  policy::flapping_restarted(flapping_, policy::RestartedBy::Pause, workshop_.clock.now());
  for (const auto& slot : slots_) {
    if (slot->is_wanted()) slot->wish(Input::Start);
  }
}

void Job::cancel_what_is_pending() {
  verdict_ = Verdict::None;
  hold_timer_.reset();
  stop_reloading();
}

void Job::begin_anew() {
  cancel_what_is_pending();
  policy::flapping_restarted(flapping_, policy::RestartedBy::Hand, workshop_.clock.now());
  if (!std::exchange(is_wanted_, true)) tell(Event::Kind::Start);
}

// To the slots that are to stay; those on their way out, and one-off runs, are asked to stop
// whatever the wish, or left alone.
void Job::wish(Input input) {
  for (const auto& slot : slots_)
    slot->wish(slot->number() <= template_->numprocesses ? input : Input::Stop);
  for (const auto& slot : once_) {
    if (input == Input::Stop) slot->wish(input);
  }
}

// Makes the missing slots, and asks those above the wanted number to stop; sweep() takes them away.
void Job::fit_slots(int before) {
  const auto wanted = static_cast<std::size_t>(template_->numprocesses);
  for (std::size_t at = slots_.size(); at > wanted; --at)
    slots_[at - 1]->lose_place();
  // Those that had been scaled away come back. The others go on as they are, also with their
  // pauses.
  const auto present = std::min(slots_.size(), wanted);
  for (auto at = static_cast<std::size_t>(before); is_wanted_ && at < present; ++at)
    slots_[at]->wish(Input::Start);
  slots_.reserve(wanted);
  while (slots_.size() < wanted) {
    const int number = static_cast<int>(slots_.size()) + 1;
    slots_.push_back(
        std::make_unique<Slot>(workshop_, *this, template_, number, make_streams(number)));
    if (is_wanted_) slots_.back()->wish(Input::Start);
  }
  touch();
}

void Job::go_on_reloading() {
  while (reloading_ != 0) {
    Slot* next = reloading_ <= template_->numprocesses ? slot(reloading_) : nullptr;
    if (next == nullptr) return stop_reloading();
    if (!pid_to_reload_) {
      pid_to_reload_ = next->pid();
      if (next->is_wanted()) next->wish(Input::Reload);  // Who was stopped alone stays so.
    }
    if (!next->is_settled()) return;
    const bool has_failed = next->is_wanted() && (next->state() != ProcessState::Running ||
                                                  next->pid() == *pid_to_reload_);
    if (has_failed) return stop_reloading();
    pid_to_reload_.reset();
    ++reloading_;
  }
}

void Job::stop_reloading() {
  reloading_ = 0;
  pid_to_reload_.reset();
}

// What is done to a job outside of a step is followed up at the end of the turn.
void Job::touch() {
  if (!std::exchange(is_touched_, true)) workshop_.on_touched(*this);
}

std::shared_ptr<SlotStreams> Job::make_streams(int slot) {
  return std::make_shared<SlotStreams>(
      workshop_.outputs, *template_, slot,
      [this, slot](const std::string& label, stream::Output& output) {
        workshop_.on_grown({.name = name(), .slot = slot, .label = label}, output);
      });
}

void Job::tell(Event::Kind kind, std::string reason) const {
  workshop_.on_event({.kind = kind, .name = name(), .reason = std::move(reason)});
}

}  // namespace gaffer
