#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "apps/http_api/http_api.h"
#include "apps/webhooks/webhooks.h"
#include "base/clock.h"
#include "core/config/endpoint.h"
#include "core/config/loaded.h"
#include "core/manager/manager.h"
#include "gaffer/result.h"
#include "keeper/client/keeper_link.h"
#include "os/tcp.h"
#include "os/unique_fd.h"
#include "programs/gafferd/kept_sockets.h"
#include "programs/gafferd/recorder.h"
#include "programs/setup/directories.h"
#include "programs/setup/process_host.h"
#include "state/store.h"
#include "uv/loop.h"
#include "uv/signal_watch.h"
#include "uv/timer.h"

namespace gaffer::programs {

/// Whether TCP without TLS may be served where others than this machine can listen in.
enum class Plaintext : bool { Refused, Allowed };

/// Under which name the keeper holds a socket that was given to the first gafferd by $LISTEN_FDS.
std::string given_name(std::size_t number, const std::string& name);

/// Everything gafferd is made of, in the order in which it has to be built.
class DaemonProcess {
 public:
  /// Takes the lock, then opens the socket: a second daemon on the same directory changes nothing.
  /// Below a keeper it takes what the gafferd before it has left there, if there was one: the lock,
  /// the socket with who waits at it, and the processes.
  /// ERRORS: Busy: `another gafferd runs here: …`, and what directories and sockets say.
  static Result<std::unique_ptr<DaemonProcess>> create(const Directories& directories,
                                                       Plaintext plaintext);

  DaemonProcess(const DaemonProcess&) = delete;
  DaemonProcess& operator=(const DaemonProcess&) = delete;
  ~DaemonProcess() { close(); }

  /// Serves at further places, and on the sockets that this process, or the first gafferd of this
  /// keeper, was given by $LISTEN_FDS; one
  /// of these that has the name of an endpoint is served as that says. Returns where.
  /// ERRORS: as Endpoints::open.
  Result<std::vector<std::string>> serve(std::vector<config::EndpointConfig> endpoints);

  /// Tells these of what happens from now on. ERRORS: what the file of what waits says: it is not
  /// taken up then.
  Result<void> set_webhooks(config::WebhookConfig webhooks);

  /// Adds and starts templates. ERRORS: as Manager::add.
  Result<void> add(std::vector<ProcessTemplate> templates);

  /// CALLS: `on_started` once from within `run`, when every process of the templates has been started,
  /// or could not be; not when it is ended before.
  void when_started(std::function<void()> on_started);

  /// There was a gafferd before this one, and its processes are still there.
  [[nodiscard]] bool is_restart() const;
  /// It has crashed so often that nothing is to be started that nobody asks for.
  [[nodiscard]] bool is_safe_mode() const;
  /// `gone for 34 ms, killed by SIGKILL; 21 running, 2 ended meanwhile`: of the gafferd
  /// before this one. Empty when there was none.
  [[nodiscard]] const std::string& absence() const { return absence_; }

  /// Closes the sockets of endpoints that a gafferd before this one served and this one does not.
  void close_unused_sockets();

  /// From now on the end of this one is not a start that failed: there will be another.
  void tell_keeper_ready();

  [[nodiscard]] Manager& manager() { return *manager_; }

  /// CALLS: `on_hangup` at each SIGHUP from within `run`, unless that is ignored.
  void set_on_hangup(std::function<void()> on_hangup) { on_hangup_ = std::move(on_hangup); }

  /// Serves until INT, TERM or QUIT, then stops every process; a second signal kills
  /// them, a third leaves those that may not be killed. USR1 reopens the logs.
  void run();

 private:
  DaemonProcess(std::string socket_path, uv::Loop loop)
      : socket_path_(std::move(socket_path)), loop_(std::move(loop)) {}
  Result<void> meet_keeper();
  void open_state(const std::string& path);
  Result<void> add_restored(std::vector<ProcessTemplate>& templates);
  Result<void> take_lock(const std::string& path);
  Result<void> open(const Directories& directories, Plaintext plaintext);
  void end();
  void feed_watchdog();
  void close();

  const std::string socket_path_;
  os::UniqueFd lock_;
  std::vector<os::InheritedSocket> inherited_;
  SystemClock clock_;
  uv::Loop loop_;
  std::string absence_;
  std::unique_ptr<keeper::KeeperLink> keeper_;  // Null where there is none.
  std::unique_ptr<KeptSockets> sockets_;        // The same.
  std::unique_ptr<ProcessHost> host_;
  std::unique_ptr<Manager> manager_;
  std::unique_ptr<state::Store> store_;  // Null where there is no keeper, or it cannot be opened.
  std::unique_ptr<Recorder> recorder_;
  std::string webhooks_path_;
  std::unique_ptr<apps::Webhooks> webhooks_;
  std::unique_ptr<apps::HttpApi> api_;
  std::vector<uv::SignalWatch> signals_;
  std::function<void()> on_hangup_;
  uv::Timer watchdog_{loop_};
  int end_requests_ = 0;
};

}  // namespace gaffer::programs
