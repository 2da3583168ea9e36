#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "apps/http_api/http_api.h"
#include "apps/webhooks/webhooks.h"
#include "base/clock.h"
#include "core/config/endpoint.h"
#include "core/config/loaded.h"
#include "core/manager/manager.h"
#include "gaffer/result.h"
#include "os/tcp.h"
#include "os/unique_fd.h"
#include "programs/setup/directories.h"
#include "programs/setup/process_host.h"
#include "uv/loop.h"
#include "uv/signal_watch.h"
#include "uv/timer.h"

namespace gaffer::programs {

/// Whether TCP without TLS may be served where others than this machine can listen in.
enum class Plaintext : bool { Refused, Allowed };

/// Everything gafferd is made of, in the order in which it has to be built.
class DaemonProcess {
 public:
  /// Takes the lock, then opens the socket: a second daemon on the same directory changes nothing.
  /// ERRORS: Busy: `another gafferd runs here: …`, and what directories and sockets say.
  static Result<std::unique_ptr<DaemonProcess>> create(const Directories& directories,
                                                       Plaintext plaintext);

  /// Serves at further places, and on the sockets that this process was given by $LISTEN_FDS; one
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

  [[nodiscard]] Manager& manager() { return *manager_; }

  /// CALLS: `on_hangup` at each SIGHUP from within `run`, unless that is ignored.
  void set_on_hangup(std::function<void()> on_hangup) { on_hangup_ = std::move(on_hangup); }

  /// Serves until INT, TERM or QUIT, then stops every process; a second signal kills
  /// them, a third leaves those that may not be killed. USR1 reopens the logs.
  void run();

 private:
  DaemonProcess(os::UniqueFd lock, std::string socket_path, uv::Loop loop);
  Result<void> open(const Directories& directories, Plaintext plaintext);
  void end();
  void feed_watchdog();

  os::UniqueFd lock_;
  std::vector<os::InheritedSocket> inherited_;
  const std::string socket_path_;
  SystemClock clock_;
  uv::Loop loop_;
  std::unique_ptr<ProcessHost> host_;
  std::unique_ptr<Manager> manager_;
  std::string webhooks_path_;
  std::unique_ptr<apps::Webhooks> webhooks_;
  std::unique_ptr<apps::HttpApi> api_;
  std::vector<uv::SignalWatch> signals_;
  std::function<void()> on_hangup_;
  uv::Timer watchdog_{loop_};
  int end_requests_ = 0;
};

}  // namespace gaffer::programs
