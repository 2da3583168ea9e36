#include "core/manager/manager.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "core/config/validate.h"
#include "core/policy/scaling.h"

namespace gaffer {
namespace {

bool is_settled(ProcessState state) {
  return state == ProcessState::Stopped || state == ProcessState::Running ||
         state == ProcessState::Waiting;
}

}  // namespace

Manager::Manager(uv::Loop& loop, const Clock& clock, Launcher& launcher, Settings settings)
    : workshop_{.loop = loop,
                .clock = clock,
                .launcher = launcher,
                .pace = settings.pace,
                .environment = std::move(settings.environment),
                .descriptor_limit = settings.descriptor_limit,
                .on_event = [this](Event event) { queue(std::move(event)); }},
      settings_(std::move(settings)),
      turn_end_(loop) {}

Result<void> Manager::add(ProcessTemplate process_template) {
  const bool starts = process_template.start;
  const std::string name = process_template.name;
  if (is_shut_down_)
    return Error{Errc::NotRunning, 0, "cannot add " + name + ": everything is being stopped"};
  if (const auto problems = config::validate(process_template); !problems.empty()) {
    return Error{Errc::InvalidArgument, 0, problems.front().message}.within("template " + name);
  }
  if (find(name))
    return Error{Errc::AlreadyExists, 0,
                 "cannot add " + name + ": there is a template of that name"};

  auto entry = std::make_unique<Entry>();
  entry->wanted_slots = process_template.numprocesses;
  entry->process_template = std::make_shared<const ProcessTemplate>(std::move(process_template));
  fit_slots(*entry, 0);
  by_name_.emplace(name, entry.get());
  entries_.push_back(std::move(entry));
  tell(Event::Kind::Create, *entries_.back());
  return starts ? start(name) : Result<void>();
}

Result<void> Manager::remove(std::string_view name) {
  GAFFER_TRY(Entry * entry, find(name));
  entry->is_leaving = true;
  entry->is_wanted = false;
  fit_slots(*entry, std::exchange(entry->wanted_slots, 0));
  return {};
}

Result<void> Manager::start(std::string_view name) {
  GAFFER_TRY(Entry * entry, find(name));
  GAFFER_TRY(require_staying(*entry, "start"));
  if (!std::exchange(entry->is_wanted, true)) tell(Event::Kind::Start, *entry);
  wish(*entry, policy::Input::Start);
  return {};
}

Result<void> Manager::stop(std::string_view name) {
  GAFFER_TRY(Entry * entry, find(name));
  if (std::exchange(entry->is_wanted, false)) tell(Event::Kind::Stop, *entry);
  wish(*entry, policy::Input::Stop);
  return {};
}

Result<void> Manager::restart(std::string_view name) {
  GAFFER_TRY(Entry * entry, find(name));
  GAFFER_TRY(require_staying(*entry, "restart"));
  if (!std::exchange(entry->is_wanted, true)) tell(Event::Kind::Start, *entry);
  wish(*entry, policy::Input::Restart);
  return {};
}

Result<int> Manager::scale(std::string_view name, std::string_view expression) {
  GAFFER_TRY(Entry * entry, find(name));
  GAFFER_TRY(const int wanted, policy::scaled(entry->wanted_slots, expression));
  GAFFER_TRY(require_staying(*entry, "scale"));
  ProcessTemplate changed = *entry->process_template;
  changed.numprocesses = wanted;
  if (const auto problems = config::validate(changed); !problems.empty()) {
    return Error{Errc::InvalidArgument, 0, problems.front().message}.within("cannot scale " +
                                                                            changed.name);
  }
  const int before = std::exchange(entry->wanted_slots, wanted);
  if (before != wanted) tell(Event::Kind::Update, *entry);
  fit_slots(*entry, before);
  return wanted;
}

Result<void> Manager::when_settled(std::string_view name, OnSettled on_settled) {
  GAFFER_TRY(Entry * entry, find(name));
  entry->waiting.push_back(std::move(on_settled));
  turn_end_.start(Duration(0), [this] { end_turn(); });
  return {};
}

void Manager::shut_down(OnSettled on_done) {
  is_shut_down_ = true;
  waiting_for_end_.push_back(std::move(on_done));
  // The last one added may need the first: it goes first.
  for (std::size_t at = entries_.size(); at-- > 0;) {
    Entry& entry = *entries_[at];
    if (std::exchange(entry.is_wanted, false)) tell(Event::Kind::Stop, entry);
    wish(entry, policy::Input::Stop);
  }
  turn_end_.start(Duration(0), [this] { end_turn(); });
}

void Manager::kill_all() {
  for (const auto& entry : entries_) {
    for (const auto& slot : entry->slots)
      slot->kill();
  }
}

Result<TemplateInfo> Manager::info(std::string_view name) const {
  GAFFER_TRY(const Entry* entry, find(name));
  return info_of(*entry);
}

std::vector<TemplateInfo> Manager::all() const {
  std::vector<TemplateInfo> infos;
  infos.reserve(entries_.size());
  for (const auto& entry : entries_)
    infos.push_back(info_of(*entry));
  return infos;
}

std::map<std::uint64_t, ProcessInfo> Manager::running() const {
  std::map<std::uint64_t, ProcessInfo> processes;
  for (const auto& entry : entries_) {
    for (const auto& slot : entry->slots) {
      if (ProcessInfo info = slot->info(); info.os_pid != 0)
        processes.emplace(info.pid, std::move(info));
    }
  }
  return processes;
}

stream::Output* Manager::output(std::string_view name, int slot) {
  const auto entry = find(name);
  if (!entry || slot < 1 || static_cast<std::size_t>(slot) > (*entry)->slots.size()) return nullptr;
  return &(*entry)->slots[static_cast<std::size_t>(slot) - 1]->output();
}

Result<Manager::Entry*> Manager::find(std::string_view name) const {
  const auto found = by_name_.find(name);
  if (found == by_name_.end()) return Error{Errc::NotFound, 0, "no template " + std::string(name)};
  return found->second;
}

TemplateInfo Manager::info_of(const Entry& entry) {
  TemplateInfo info{.process_template = *entry.process_template, .is_wanted = entry.is_wanted};
  info.process_template.numprocesses = entry.wanted_slots;
  info.processes.reserve(entry.slots.size());
  for (const auto& slot : entry.slots)
    info.processes.push_back(slot->info());
  return info;
}

Result<void> Manager::require_staying(const Entry& entry, std::string_view verb) const {
  if (!is_shut_down_ && !entry.is_leaving) return {};
  return Error{Errc::NotRunning, 0,
               "cannot " + std::string(verb) + " " + entry.process_template->name + ": " +
                   (is_shut_down_ ? "everything is being stopped" : "it is being removed")};
}

// Makes the missing slots, and asks those above the wanted number to stop; sweep() takes them away.
void Manager::fit_slots(Entry& entry, int before) {
  const auto wanted = static_cast<std::size_t>(entry.wanted_slots);
  for (std::size_t at = entry.slots.size(); at > wanted; --at)
    entry.slots[at - 1]->wish(policy::Input::Stop);
  // Those that had been scaled away come back. The others go on as they are, also with their
  // pauses.
  const auto present = std::min(entry.slots.size(), wanted);
  for (auto at = static_cast<std::size_t>(before); entry.is_wanted && at < present; ++at) {
    entry.slots[at]->wish(policy::Input::Start);
  }
  entry.slots.reserve(wanted);
  while (entry.slots.size() < wanted) {
    const int number = static_cast<int>(entry.slots.size()) + 1;
    const std::string& name = entry.process_template->name;
    stream::OutputSettings output{.keep_bytes = settings_.keep_output_bytes};
    if (!settings_.log_directory.empty()) {
      output.path = settings_.log_directory + "/" + name + "." + std::to_string(number) + ".log";
    }
    entry.slots.push_back(std::make_unique<Slot>(
        workshop_, entry.process_template, number, std::move(output),
        [this] { turn_end_.start(Duration(0), [this] { end_turn(); }); },
        [this, &entry, number] {
          growth_.emit({entry.process_template->name, number,
                        entry.slots[static_cast<std::size_t>(number) - 1]->output()});
        }));
    if (entry.is_wanted) entry.slots.back()->wish(policy::Input::Start);
  }
  turn_end_.start(Duration(0), [this] { end_turn(); });
}

// To the slots that are to stay; those on their way out are asked to stop whatever the wish.
void Manager::wish(Entry& entry, policy::Input input) {
  for (const auto& slot : entry.slots) {
    slot->wish(slot->number() <= entry.wanted_slots ? input : policy::Input::Stop);
  }
}

void Manager::tell(Event::Kind kind, const Entry& entry) {
  queue({.kind = kind, .name = entry.process_template->name});
}

void Manager::queue(Event event) {
  queued_.push_back(std::move(event));
  turn_end_.start(Duration(0), [this] { end_turn(); });
}

void Manager::end_turn() {
  const std::weak_ptr<char> alive = alive_;  // Whoever is called may destroy this.
  for (const OnSettled& on_settled : sweep()) {
    on_settled();
    if (alive.expired()) return;
  }
  for (const Event& event : std::exchange(queued_, {})) {
    events_.emit(event);
    if (alive.expired()) return;
  }
}

// Takes away what has come to its end, and returns those who waited for it.
std::vector<Manager::OnSettled> Manager::sweep() {
  std::vector<OnSettled> due;
  for (const auto& entry : entries_) {
    auto& slots = entry->slots;
    while (slots.size() > static_cast<std::size_t>(entry->wanted_slots) &&
           slots.back()->state() == ProcessState::Stopped) {
      slots.pop_back();
    }
    if (std::ranges::all_of(slots, [](const auto& slot) { return is_settled(slot->state()); })) {
      std::ranges::move(std::exchange(entry->waiting, {}), std::back_inserter(due));
    }
  }
  std::erase_if(entries_, [this](const auto& entry) {
    const bool is_gone = entry->is_leaving && entry->slots.empty();
    if (!is_gone) return false;
    tell(Event::Kind::Delete, *entry);
    by_name_.erase(entry->process_template->name);
    return true;
  });
  const bool all_at_rest = std::ranges::all_of(entries_, [](const auto& entry) {
    return std::ranges::all_of(
        entry->slots, [](const auto& slot) { return slot->state() == ProcessState::Stopped; });
  });
  if (all_at_rest) std::ranges::move(std::exchange(waiting_for_end_, {}), std::back_inserter(due));
  return due;
}

}  // namespace gaffer
