#include "programs/gafferd/recorder.h"

#include <utility>

namespace gaffer::programs {
namespace {

state::Run run_of(const Event& event) {
  return {.pid = event.pid,
          .name = event.name,
          .slot = event.slot,
          .os_pid = event.os_pid,
          .started = event.time,
          .ended = event.time,
          .status = event.status.value_or(ExitStatus{}),
          .reason = event.reason};
}

state::Run last_run_of(const ProcessInfo& process) {
  return {.pid = process.pid,
          .name = process.name,
          .slot = process.slot,
          .ended = process.last_exit->at,
          .status = process.last_exit->status,
          .reason = describe(*process.last_exit)};
}

}  // namespace

Recorder::Recorder(uv::Loop& loop, Manager& manager, state::Store& store)
    : manager_(manager),
      store_(store),
      heard_(manager.revision()),
      turn_end_(loop),
      subscription_(manager.subscribe([this](const Event& event) { hear(event); })) {}

void Recorder::loaded(const std::string& name, int numprocesses, bool is_from_file) {
  origins_[name] = {.numprocesses = numprocesses, .is_from_file = is_from_file};
}

void Recorder::when_recorded(std::function<void()> done) {
  waiting_.push_back(std::move(done));
  touch();
}

void Recorder::hear(const Event& event) {
  heard_ = event.revision;
  if (event.kind == Event::Kind::Spawn) store_.begin_run(run_of(event));
  if (event.kind == Event::Kind::Exit) store_.end_run(run_of(event));
  changed_.insert(event.name);
  touch();
}

// What happened in this turn is told at its end, so what is written then is later than that.
void Recorder::touch() {
  if (!turn_end_.is_armed()) turn_end_.start({}, [this] { flush(); });
}

void Recorder::flush() {
  // Whoever waits may wait for what is about to be told; to hear of that brings us here again.
  if (heard_ < manager_.revision()) return;
  for (const std::string& name : std::exchange(changed_, {})) {
    if (const auto info = manager_.info(name)) {
      remember(*info);
    } else {
      store_.forget(name);
      origins_.erase(name);
      written_.erase(name);
    }
  }
  if (waiting_.empty()) return;
  store_.when_committed([waiting = std::exchange(waiting_, {})] {
    for (const auto& done : waiting)
      done();
  });
}

bool Recorder::did_rest(const std::string& name, int slot) const {
  const auto written = written_.find(name);
  return written != written_.end() && written->second.resting.contains(slot);
}

void Recorder::remember(const TemplateInfo& info) {
  const std::string& name = info.process_template.name;
  if (!info.is_wanted && held_back_.contains(name)) return;
  held_back_.erase(name);
  const Origin origin =
      origins_.try_emplace(name, Origin{.numprocesses = info.process_template.numprocesses})
          .first->second;
  state::Remembered now{.process_template = info.process_template,
                        .loaded_numprocesses = origin.numprocesses,
                        .is_from_file = origin.is_from_file,
                        .is_wanted = info.is_wanted};
  for (const ProcessInfo& process : info.processes) {
    if (process.slot == 0 || process.is_wanted) continue;
    now.resting.insert(process.slot);
    // In one commit with it: its event may be told only after this, and another gafferd would not
    // start what rests, so it would not hear of the end.
    if (process.last_exit && !did_rest(name, process.slot)) store_.end_run(last_run_of(process));
  }
  const auto [written, is_new] = written_.try_emplace(name, now);
  if (!is_new && written->second == now) return;
  written->second = now;
  store_.remember(now);
}

}  // namespace gaffer::programs
