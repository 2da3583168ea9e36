#include "programs/gafferd/daemon.h"

#include <algorithm>
#include <csignal>
#include <utility>

#include "base/assert.h"
#include "base/duration_text.h"
#include "os/file_lock.h"
#include "os/files.h"
#include "os/host.h"
#include "os/notify.h"
#include "os/tcp.h"

namespace gaffer::programs {
namespace {

// With the keeper, for the gafferd after this one.
constexpr std::string_view kLock = "lock";
constexpr std::string_view kGiven = "given:";

std::string absence_of(const keeper::KeeperLink::Table& table) {
  const auto& [welcome, rows, named] = table;
  const auto gone = os::since_boot() - std::chrono::nanoseconds(welcome.ended_ns);
  const ExitStatus how{.code = welcome.last_code, .signal = welcome.last_signal};
  const auto ended = std::ranges::count_if(rows, &keeper::LeftRow::has_ended);
  return "gone for " + duration_text(std::chrono::duration_cast<std::chrono::milliseconds>(gone)) +
         ", " + describe(how) + "; " + std::to_string(std::ssize(rows) - ended) + " running, " +
         std::to_string(ended) + " ended meanwhile";
}

}  // namespace

std::string given_name(std::size_t number, const std::string& name) {
  return std::string(kGiven) + std::to_string(number) + ":" + name;
}

Result<std::unique_ptr<DaemonProcess>> DaemonProcess::create(const Directories& directories,
                                                             Plaintext plaintext) {
  constexpr mode_t kPrivate = 0700;
  GAFFER_TRY(uv::Loop loop, uv::Loop::create());
  std::unique_ptr<DaemonProcess> daemon(new DaemonProcess(directories.socket(), std::move(loop)));
  GAFFER_TRY(daemon->meet_keeper());
  GAFFER_TRY(os::make_directories(directories.run, kPrivate));
  GAFFER_TRY(daemon->take_lock(directories.lock()));
  GAFFER_TRY(os::make_directories(directories.logs, kPrivate));
  GAFFER_TRY(daemon->open(directories, plaintext));
  return daemon;
}

Result<void> DaemonProcess::meet_keeper() {
  // Before the environment is taken for processes: the variables are not for them.
  GAFFER_TRY(inherited_, os::take_inherited_sockets());
  auto socket = keeper::KeeperLink::inherited_socket();
  if (!socket.is_open()) return {};
  GAFFER_TRY(keeper_, keeper::KeeperLink::create(loop_, std::move(socket)));
  if (is_restart()) absence_ = absence_of(keeper_->table());
  sockets_ = std::make_unique<KeptSockets>(*keeper_);
  for (const std::string& name : keeper_->names(kGiven)) {
    const std::size_t end_of_number = name.find(':', kGiven.size());
    inherited_.push_back({keeper_->take(name), name.substr(end_of_number + 1)});
  }
  return {};
}

// The lock stays taken while there is no gafferd, because the keeper has it too.
Result<void> DaemonProcess::take_lock(const std::string& path) {
  if (keeper_) lock_ = keeper_->take(kLock);
  if (lock_.is_open()) return {};
  auto lock = os::lock_file(path, keeper_ ? os::parent_pid() : os::own_pid());
  if (!lock && lock.error().code == Errc::Busy)
    return lock.error().within("another gafferd runs here");
  if (!lock) return lock.error();
  lock_ = std::move(*lock);
  if (keeper_) GAFFER_TRY(keeper_->put(kLock, lock_.get()));
  return {};
}

// Without it gafferd keeps processes all the same; one after it knows less.
void DaemonProcess::open_state(const std::string& path) {
  using Past = state::Store::Past;
  auto opened = state::Store::open(loop_, path, is_restart() ? Past::Kept : Past::Forgotten);
  if (!opened) {
    (void)os::write_standard(2, "gafferd: goes on without state: " + opened.error().message + "\n");
    return;
  }
  store_ = *std::move(opened);
  recorder_ = std::make_unique<Recorder>(loop_, *manager_, *store_);
  host_->set_acknowledge([this](std::function<void()> acknowledge) {
    recorder_->when_recorded(std::move(acknowledge));
  });
}

bool DaemonProcess::is_restart() const {
  return keeper_ && (keeper_->table().welcome.flags & keeper::kIsRestart) != 0;
}

bool DaemonProcess::is_safe_mode() const {
  return keeper_ && (keeper_->table().welcome.flags & keeper::kIsSafeMode) != 0;
}

Result<void> DaemonProcess::open(const Directories& directories, Plaintext plaintext) {
  GAFFER_TRY(host_, ProcessHost::create(loop_, keeper_.get()));
  host_->set_on_keeper_gone([] {
    (void)os::write_standard(2,
                             "gafferd: degraded: the keeper has ended; what runs goes on, and what "
                             "is started from now on ends with this gafferd\n");
  });
  Manager::Settings settings = host_->settings();
  settings.output.log_directory = directories.logs;
  manager_ = std::make_unique<Manager>(loop_, clock_, host_->launcher(), std::move(settings));
  if (keeper_) open_state(directories.database());
  GAFFER_TRY(api_, apps::HttpApi::create(loop_, clock_, *manager_,
                                         {.state_directory = directories.state,
                                          .allows_plaintext = plaintext == Plaintext::Allowed,
                                          .shelf = sockets_.get()}));
  webhooks_path_ = directories.state + "/webhooks.json";
  if (store_) {
    api_->set_ask_runs([this](const std::string& name, std::size_t most) {
      return store_->runs(name, static_cast<int>(most));
    });
  }
  GAFFER_TRY(api_->endpoints().open_local(socket_path_));
  for (const int signal : {SIGINT, SIGTERM, SIGQUIT}) {
    if (os::is_ignored(signal)) continue;  // A shell's background job.
    signals_.emplace_back(loop_, signal, [this] { end(); });
  }
  signals_.emplace_back(loop_, SIGUSR1, [this] { manager_->reopen_logs(); });
  if (!os::is_ignored(SIGHUP)) {  // It is under nohup.
    signals_.emplace_back(loop_, SIGHUP, [this] {
      if (on_hangup_ && end_requests_ == 0) on_hangup_();
    });
  }
  feed_watchdog();
  return {};
}

Result<std::vector<std::string>> DaemonProcess::serve(
    std::vector<config::EndpointConfig> endpoints) {
  apps::Endpoints& open = api_->endpoints();
  for (os::InheritedSocket& socket : inherited_) {
    config::EndpointConfig endpoint{.name = socket.name};
    const auto described = std::ranges::find(endpoints, socket.name, &config::EndpointConfig::name);
    if (described != endpoints.end()) {
      endpoint = std::move(*described);
      endpoints.erase(described);
    }
    GAFFER_TRY(open.adopt(endpoint, std::move(socket.fd)));
  }
  for (const config::EndpointConfig& endpoint : endpoints)
    GAFFER_TRY(open.open(endpoint));
  std::vector<std::string> addresses;
  for (const apps::Endpoints::Open& one : open.all())
    addresses.push_back(one.address);
  return addresses;
}

// Without any there is nothing to set up, and libcurl is not loaded with its certificates.
Result<void> DaemonProcess::set_webhooks(config::WebhookConfig webhooks) {
  if (webhooks_) {
    webhooks_->configure(std::move(webhooks));
    return {};
  }
  if (webhooks.hooks.empty()) return {};
  webhooks_ = std::make_unique<apps::Webhooks>(loop_, *manager_,
                                               apps::Webhooks::Settings{.path = webhooks_path_});
  webhooks_->configure(std::move(webhooks));
  api_->set_ask_webhooks([this] { return webhooks_->facts(); });
  return webhooks_->resume();
}

Result<void> DaemonProcess::add(std::vector<ProcessTemplate> templates) {
  for (const ProcessTemplate& process_template : templates) {
    GAFFER_TRY(manager_->check(process_template));  // Before anything is started.
  }
  if (store_) {
    for (const ProcessTemplate& one : templates)
      recorder_->loaded(one.name, one.numprocesses, true);
    GAFFER_TRY(add_restored(templates));
  }
  for (ProcessTemplate& process_template : templates) {
    if (is_safe_mode()) process_template.start = false;
    GAFFER_TRY(manager_->add(std::move(process_template)));
  }
  return {};
}

// Those that the gafferd before had, as it had them; takes them out of `templates`. What a file says
// of one now counts, but for a number of processes that somebody has changed since.
Result<void> DaemonProcess::add_restored(std::vector<ProcessTemplate>& templates) {
  for (const state::Remembered& one : store_->remembered()) {
    ProcessTemplate restored = one.process_template;
    const auto in_file = std::ranges::find(templates, restored.name, &ProcessTemplate::name);
    if (in_file != templates.end()) {
      const bool is_as_loaded = in_file->numprocesses == one.loaded_numprocesses;
      const int numprocesses = is_as_loaded ? restored.numprocesses : in_file->numprocesses;
      restored = std::move(*in_file);
      restored.numprocesses = numprocesses;
      templates.erase(in_file);
    } else if (one.is_from_file) {
      continue;  // Somebody has taken it out of the file; what runs of it is left as it is.
    } else {
      recorder_->loaded(restored.name, one.loaded_numprocesses, false);
    }
    if (is_safe_mode()) {  // What runs is left as it is.
      recorder_->hold_back(restored.name);
      restored.start = false;
      GAFFER_TRY(manager_->add(std::move(restored)));
    } else {
      GAFFER_TRY(manager_->restore(std::move(restored), one.is_wanted, one.resting));
    }
  }
  return {};
}

void DaemonProcess::when_started(std::function<void()> on_started) {
  const auto waits = manager_->when_settled("*", [this, on_started = std::move(on_started)] {
    if (end_requests_ == 0) on_started();
  });
  GAFFER_ASSERT(waits.has_value(), "all templates can be named, also none");
}

void DaemonProcess::close_unused_sockets() {
  if (sockets_) sockets_->remove_unused();
}

void DaemonProcess::tell_keeper_ready() {
  if (keeper_)
    (void)keeper_->send(keeper::Ready{});  // One that is gone hears of its end elsewhere.
}

void DaemonProcess::run() {
  loop_.run();
  // A keeper that is gone needs to know nothing.
  if (keeper_) (void)keeper_->send(keeper::Quit{});
  if (sockets_) sockets_->keep_no_longer();
  close();
}

void DaemonProcess::close() {
  // The manager ends its processes later than the recorder is there to hear of it.
  if (host_) host_->set_acknowledge({});
  api_.reset();  // Ends what is being streamed, so that a follower sees an end and not a break.
}

// Twice as often as it is asked for; without a watchdog never.
void DaemonProcess::feed_watchdog() {
  const auto interval = os::watchdog_interval();
  if (!interval) return;
  os::notify("WATCHDOG=1");
  watchdog_.start(*interval / 2, [this] { feed_watchdog(); });
}

void DaemonProcess::end() {
  if (end_requests_ == 0) os::notify("STOPPING=1");
  if (++end_requests_ > 2) return loop_.stop();  // Somebody may not be killed: leave him.
  if (end_requests_ == 2) return manager_->kill_all();
  host_->end_what_is_left();
  manager_->shut_down([this] { loop_.stop(); });
}

}  // namespace gaffer::programs
