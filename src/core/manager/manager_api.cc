#include <utility>

#include "base/clock.h"
#include "core/config/names.h"
#include "core/manager/manager.h"
#include "core/process/local_launcher.h"
#include "gaffer/manager.h"
#include "os/host.h"
#include "uv/loop.h"

namespace gaffer {
namespace {

/// What a manager stands on where the host has only a loop, or not even that.
struct World {
  explicit World(uv::Loop its_loop) : loop(std::move(its_loop)) {}

  uv::Loop loop;
  SystemClock clock;
  std::unique_ptr<LocalLauncher> launcher;
};

}  // namespace

Result<std::unique_ptr<Manager>> Manager::create(uv_loop_s* loop) { return create(loop, {}); }

Result<std::unique_ptr<Manager>> Manager::create(uv_loop_s* loop, Settings settings) {
  auto chosen = loop != nullptr ? Result<uv::Loop>(uv::Loop(loop)) : uv::Loop::create();
  if (!chosen) return chosen.error();
  const auto world = std::make_shared<World>(*std::move(chosen));
  GAFFER_TRY(world->launcher, LocalLauncher::create(world->loop));
  if (settings.environment.empty()) settings.environment = os::environment();
  std::unique_ptr<Manager> manager(new Manager(nullptr));
  manager->impl_ = std::make_unique<Impl>(*manager, world->loop, world->clock, *world->launcher,
                                          std::move(settings), world);
  return manager;
}

Manager::Manager(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Manager::Manager(uv::Loop& loop, const Clock& clock, Launcher& launcher, Settings settings)
    : impl_(std::make_unique<Impl>(*this, loop, clock, launcher, std::move(settings))) {}

Manager::~Manager() = default;

uv_loop_s* Manager::uv_loop() const { return impl_->loop().raw(); }
uv::Loop& Manager::loop() { return impl_->loop(); }
uv::Pool& Manager::pool() { return impl_->pool(); }

Result<void> Manager::start(const std::vector<Application*>& applications) {
  return impl_->start(applications);
}
Result<void> Manager::run() { return impl_->run(); }
void Manager::stop(OnSettled on_stopped) { impl_->stop(std::move(on_stopped)); }
void Manager::restart(OnSettled on_restarted) { impl_->restart(std::move(on_restarted)); }
void Manager::wakeup() {
  impl_->post([] {});
}
void Manager::post(std::function<void()> function) { impl_->post(std::move(function)); }
bool Manager::is_started() const { return impl_->is_started(); }

Result<void> Manager::check(const ProcessTemplate& process_template) const {
  return impl_->check(process_template);
}
Result<void> Manager::add(ProcessTemplate process_template) {
  return impl_->add(std::move(process_template));
}
Result<Update> Manager::update(ProcessTemplate process_template) {
  return impl_->update(std::move(process_template));
}
Result<void> Manager::remove(std::string_view target) { return impl_->remove(target); }

Result<void> Manager::start(std::string_view target) { return impl_->start(target); }
Result<void> Manager::stop(std::string_view target) { return impl_->stop(target); }
Result<void> Manager::restart(std::string_view target) { return impl_->restart(target); }
Result<void> Manager::reload(std::string_view target) { return impl_->reload(target); }
Result<void> Manager::signal(std::string_view target, int number) {
  return impl_->signal(target, number);
}
Result<void> Manager::write(std::string_view target, std::string_view bytes,
                            std::string_view label) {
  return impl_->write(target, bytes, label);
}
Result<void> Manager::writelines(std::string_view target, std::span<const std::string> lines,
                                 std::string_view label) {
  std::string bytes;
  for (const std::string& line : lines)
    bytes += line;
  return write(target, bytes, label);
}
Result<void> Manager::close_input(std::string_view target, std::string_view label) {
  return impl_->close_input(target, label);
}
Result<void> Manager::resize(std::string_view target, TerminalSize size) {
  return impl_->resize(target, size);
}
Result<stream::InputWriter> Manager::input(std::string_view target, std::string_view label) const {
  return impl_->input(target, label);
}
Result<Writer> Manager::writer(std::string_view target, std::string_view label) const {
  GAFFER_TRY(stream::InputWriter writer, input(target, label));
  return Writer(std::make_shared<const stream::InputWriter>(std::move(writer)));
}

Result<int> Manager::scale(std::string_view name, std::string_view expression) {
  return impl_->scale(name, expression);
}
Result<int> Manager::ttin(std::string_view name, int count) {
  return scale(name, (count < 0 ? "" : "+") + std::to_string(count));
}
Result<int> Manager::ttou(std::string_view name, int count) { return ttin(name, -count); }

Result<std::uint64_t> Manager::run_once(std::string_view name,
                                        const std::map<std::string, std::string>& env) {
  return impl_->run_once(name, env);
}
Result<void> Manager::when_settled(std::string_view target, OnSettled on_settled) {
  return impl_->when_settled(target, std::move(on_settled));
}
void Manager::shut_down(OnSettled on_done) { impl_->shut_down(std::move(on_done)); }
void Manager::reopen_logs() { impl_->reopen_logs(); }

void Manager::set_log_budget(std::uint64_t bytes) { impl_->set_log_budget(bytes); }
void Manager::kill_all() { impl_->kill_all(); }

Result<TemplateInfo> Manager::info(std::string_view name) const { return impl_->info(name); }
std::vector<TemplateInfo> Manager::all() const { return impl_->all(); }
std::map<std::uint64_t, ProcessInfo> Manager::running() const { return impl_->running(); }
Result<std::vector<TemplateInfo>> Manager::infos(std::string_view target) const {
  return impl_->infos(target);
}

Result<void> Manager::walk(std::string_view target,
                           const std::function<void(const ProcessInfo&)>& visit) const {
  GAFFER_TRY(const auto infos, impl_->infos(target));
  for (const TemplateInfo& info : infos) {
    for (const ProcessInfo& process : info.processes)
      visit(process);
  }
  return {};
}

std::map<std::string, std::vector<std::string>> Manager::groups() const {
  std::map<std::string, std::vector<std::string>> groups;
  for (const TemplateInfo& info : impl_->all()) {
    const std::string& name = info.process_template.name;
    const std::string_view group = config::group_of(name);
    if (!group.empty()) groups[std::string(group)].push_back(name);
  }
  return groups;
}

Subscription Manager::subscribe(std::string_view name, OnEvent on_event) {
  return impl_->events().subscribe(name, std::move(on_event));
}
Subscription Manager::subscribe_once(std::string_view name, OnEvent on_event) {
  return impl_->events().subscribe_once(name, std::move(on_event));
}
Subscription Manager::subscribe(std::function<void(const Event&)> on_event) {
  return subscribe(".", [on_event = std::move(on_event)](std::string_view /*name*/,
                                                         const Event& event) { on_event(event); });
}
std::uint64_t Manager::revision() const { return impl_->revision(); }
Result<std::vector<Event>> Manager::events_after(std::uint64_t revision, std::size_t limit) const {
  return impl_->events_after(revision, limit);
}

Result<Subscription> Manager::monitor_io(std::string_view target, std::string_view label,
                                         OnIo on_io) {
  return impl_->monitor_io(target, label, std::move(on_io));
}
Result<Subscription> Manager::monitor(std::string_view target, OnStats on_stats,
                                      const StatsSettings& settings) {
  return impl_->stats().listen(target, std::move(on_stats), settings);
}
Result<std::vector<TemplateStats>> Manager::stats(std::string_view target,
                                                  const StatsSettings& settings) const {
  return impl_->stats().look(target, settings);
}

Result<void> Manager::restore(ProcessTemplate process_template, bool is_wanted,
                              const std::set<int>& resting) {
  return impl_->restore(std::move(process_template), is_wanted, resting);
}

std::vector<OutputId> Manager::outputs(std::string_view name) const { return impl_->outputs(name); }
stream::Output* Manager::output(const OutputId& id) { return impl_->output(id); }
Subscription Manager::subscribe_output(std::function<void(const Growth&)> on_grown) {
  return impl_->subscribe_output(std::move(on_grown));
}

}  // namespace gaffer
