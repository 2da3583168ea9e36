#pragma once

#include <functional>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "apps/http_api/gate.h"
#include "apps/http_api/socket_shelf.h"
#include "apps/http_api/tokens.h"
#include "base/clock.h"
#include "core/config/endpoint.h"
#include "net/http_server.h"
#include "os/tcp.h"
#include "uv/loop.h"
#include "uv/timer.h"

namespace gaffer::apps {

/// Where the API is served: any number of sockets, opened and closed while it runs, each with its
/// gate.
class Endpoints {
 public:
  using OnRequest = std::function<void(net::Exchange exchange, Caller caller)>;
  /// Of all endpoints together. The own socket is not counted, and has at most 256: it is how one
  /// gets in when the others are full.
  static constexpr std::size_t kMaxConnections = 1'024;

  struct Settings {
    bool allows_plaintext = false;  ///< Also where others than this machine can listen in.
    SocketShelf* shelf = nullptr;   ///< For those that this opens itself; null: they die with it.
  };
  /// LIFETIME: all of them outlive this.
  /// CALLS: `on_request` for each request of somebody who was let in. It may close endpoints.
  Endpoints(uv::Loop& loop, const Clock& clock, Tokens& tokens, Settings settings,
            OnRequest on_request);
  ~Endpoints();
  Endpoints(const Endpoints&) = delete;
  Endpoints& operator=(const Endpoints&) = delete;

  /// Opens gafferd's own socket, for this user and root, `local` by name.
  /// REQUIRES: whatever lies at the path is nobody's.
  Result<void> open_local(const std::string& path);

  /// Opens what a configuration describes.
  /// ERRORS: AlreadyExists for a name; PermissionDenied for TCP without TLS that others
  /// than this machine reach; InvalidArgument; what the address says.
  Result<void> open(const config::EndpointConfig& endpoint);

  /// The same on a listening socket that somebody else has bound: `bind` is not looked at.
  Result<void> adopt(const config::EndpointConfig& endpoint, os::UniqueFd listening);

  /// Takes no more clients; those it has are given a second.
  /// ERRORS: NotFound; InvalidArgument for `local`.
  Result<void> close(std::string_view name);

  /// Reads the certificates anew. One that cannot be used leaves the earlier one in its place.
  /// ERRORS: InvalidArgument, the first; the others are read all the same.
  Result<void> reload_certificates();

  struct Open {
    std::string name;
    std::string address;  ///< `127.0.0.1:5000`, with the port that it has come to.
    std::size_t connections = 0;
  };
  [[nodiscard]] std::vector<Open> all() const;

 private:
  struct Endpoint;
  struct Leaving;

  [[nodiscard]] bool may_be_heard(const config::EndpointConfig& endpoint,
                                  const os::TcpAddress& address) const;
  Result<void> require_new(const config::EndpointConfig& endpoint) const;
  /// What lies on the shelf for an endpoint if it `fits`; else what is `made`, which is put there.
  Result<os::UniqueFd> from_shelf(std::string_view name, const std::function<bool(int)>& fits,
                                  const std::function<Result<os::UniqueFd>()>& make) const;
  static void remove_path(const Endpoint& endpoint);
  Result<void> open_unix(const config::EndpointConfig& endpoint, const std::string& path);
  Result<void> serve_tcp(const config::EndpointConfig& endpoint, os::UniqueFd listening);
  Result<void> serve(std::unique_ptr<Endpoint> endpoint, uv::Transport transport,
                     os::UniqueFd listening, net::HttpServer::Settings settings);
  [[nodiscard]] std::size_t connection_count() const;

  uv::Loop& loop_;
  const Clock& clock_;
  Tokens& tokens_;
  const Settings settings_;
  const OnRequest on_request_;
  std::list<std::unique_ptr<Endpoint>> endpoints_;
  std::list<Leaving> leaving_;
};

}  // namespace gaffer::apps
