#include "programs/gafferd/daemon.h"

#include <csignal>
#include <utility>

#include "base/assert.h"
#include "os/file_lock.h"
#include "os/files.h"
#include "os/host.h"
#include "os/sockets.h"
#include "os/users.h"

namespace gaffer::programs {
namespace {

// Root may look at everybody's; otherwise only we ourselves. The socket's mode says the same, but a
// descriptor can be handed on.
bool is_welcome(int socket) {
  const auto user = os::peer_user(socket);
  return user && (*user == os::own_user() || *user == 0);
}

// Whoever may connect to the socket may do what the user itself could do.
apps::Caller local_user() {
  return {.name = "uid " + std::to_string(os::own_user()),
          .scopes = {wire::Scope::Admin},
          .targets = {}};
}

}  // namespace

DaemonProcess::DaemonProcess(os::UniqueFd lock, std::string socket_path, uv::Loop loop)
    : lock_(std::move(lock)), socket_path_(std::move(socket_path)), loop_(std::move(loop)) {}

Result<std::unique_ptr<DaemonProcess>> DaemonProcess::create(const Directories& directories) {
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
  GAFFER_TRY(daemon->open(directories));
  return daemon;
}

Result<void> DaemonProcess::open(const Directories& directories) {
  GAFFER_TRY(host_, ProcessHost::create(loop_));
  Manager::Settings settings = host_->settings();
  settings.output.log_directory = directories.logs;
  manager_ = std::make_unique<Manager>(loop_, clock_, host_->launcher(), std::move(settings));
  api_ = std::make_unique<apps::HttpApi>(*manager_);
  GAFFER_TRY(os::UniqueFd socket, os::listen_unix(socket_path_));
  has_socket_ = true;
  GAFFER_TRY(server_,
             net::HttpServer::create(loop_, uv::Transport::Pipe, std::move(socket),
                                     {.accept = is_welcome}, [this](net::Exchange exchange) {
                                       api_->handle(std::move(exchange), local_user());
                                     }));
  for (const int signal : {SIGINT, SIGTERM, SIGQUIT, SIGHUP}) {
    if (os::is_ignored(signal)) continue;  // nohup, or a shell's background job.
    signals_.emplace_back(loop_, signal, [this] { end(); });
  }
  signals_.emplace_back(loop_, SIGUSR1, [this] { manager_->reopen_logs(); });
  return {};
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
  close();
}

void DaemonProcess::close() {
  api_.reset();  // Ends what is being streamed, so that a follower sees an end and not a break.
  server_.reset();
  if (std::exchange(has_socket_, false)) os::remove_file(socket_path_);
}

void DaemonProcess::end() {
  if (++end_requests_ > 2) return loop_.stop();  // Somebody may not be killed: leave him.
  if (end_requests_ == 2) return manager_->kill_all();
  manager_->shut_down([this] { loop_.stop(); });
}

}  // namespace gaffer::programs
