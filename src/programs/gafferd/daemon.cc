#include "programs/gafferd/daemon.h"

#include <algorithm>
#include <csignal>
#include <utility>

#include "base/assert.h"
#include "os/file_lock.h"
#include "os/files.h"
#include "os/host.h"
#include "os/notify.h"
#include "os/tcp.h"

namespace gaffer::programs {
DaemonProcess::DaemonProcess(os::UniqueFd lock, std::string socket_path, uv::Loop loop)
    : lock_(std::move(lock)), socket_path_(std::move(socket_path)), loop_(std::move(loop)) {}

Result<std::unique_ptr<DaemonProcess>> DaemonProcess::create(const Directories& directories,
                                                             Plaintext plaintext) {
  constexpr mode_t kPrivate = 0700;
  GAFFER_TRY(os::make_directories(directories.run, kPrivate));
  auto lock = os::lock_file(directories.lock());
  if (!lock && lock.error().code == Errc::Busy)
    return lock.error().within("another gafferd runs here");
  if (!lock) return lock.error();
  GAFFER_TRY(os::make_directories(directories.logs, kPrivate));
  GAFFER_TRY(uv::Loop loop, uv::Loop::create());
  std::unique_ptr<DaemonProcess> daemon(
      new DaemonProcess(std::move(*lock), directories.socket(), std::move(loop)));
  GAFFER_TRY(daemon->open(directories, plaintext));
  return daemon;
}

Result<void> DaemonProcess::open(const Directories& directories, Plaintext plaintext) {
  // Before the environment is taken for processes: the variables are not for them.
  GAFFER_TRY(inherited_, os::take_inherited_sockets());
  GAFFER_TRY(host_, ProcessHost::create(loop_));
  Manager::Settings settings = host_->settings();
  settings.output.log_directory = directories.logs;
  manager_ = std::make_unique<Manager>(loop_, clock_, host_->launcher(), std::move(settings));
  GAFFER_TRY(api_, apps::HttpApi::create(loop_, clock_, *manager_,
                                         {.state_directory = directories.state,
                                          .allows_plaintext = plaintext == Plaintext::Allowed}));
  webhooks_path_ = directories.state + "/webhooks.json";
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
  for (ProcessTemplate& process_template : templates) {
    GAFFER_TRY(manager_->add(std::move(process_template)));
  }
  return {};
}

void DaemonProcess::when_started(std::function<void()> on_started) {
  const auto waits = manager_->when_settled("*", [this, on_started = std::move(on_started)] {
    if (end_requests_ == 0) on_started();
  });
  GAFFER_ASSERT(waits.has_value(), "all templates can be named, also none");
}

void DaemonProcess::run() {
  loop_.run();
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
  manager_->shut_down([this] { loop_.stop(); });
}

}  // namespace gaffer::programs
