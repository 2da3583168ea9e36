#include "apps/http_api/endpoints.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "os/files.h"
#include "os/sockets.h"
#include "os/users.h"

namespace gaffer::apps {
namespace {

constexpr std::string_view kUnix = "unix:";
constexpr std::string_view kLocal = "local";
constexpr std::chrono::seconds kGoodbye(1);

// Root may look at everybody's; otherwise only we ourselves. A socket's mode says the same, but a
// descriptor can be handed on.
bool is_ours(int socket) {
  const auto user = os::peer_user(socket);
  return user && (*user == os::own_user() || *user == 0);
}

// Whoever may connect to the socket may do what the user itself could do.
Caller local_user() {
  return {.name = "uid " + std::to_string(os::own_user()),
          .scopes = {wire::Scope::Admin},
          .targets = {}};
}

/// What a browser may call the address.
std::vector<std::string> hosts_of(const os::TcpAddress& address, std::uint16_t usual_port) {
  std::vector<std::string> names;
  if (!address.is_any()) names.push_back(address.is_v6 ? "[" + address.ip + "]" : address.ip);
  if (address.is_any() || address.is_loopback()) {
    names.emplace_back("localhost");
    names.emplace_back(address.is_v6 ? "[::1]" : "127.0.0.1");
  }
  std::vector<std::string> hosts;
  for (const std::string& name : names) {
    hosts.push_back(name + ":" + std::to_string(address.port));
    if (address.port == usual_port) hosts.push_back(name);
  }
  return hosts;
}

Error within(const config::EndpointConfig& endpoint, const Error& error) {
  return error.within("endpoint " + endpoint.name);
}

}  // namespace

struct Endpoints::Endpoint {
  std::string name;
  std::string address;
  std::string path;  // Of a unix socket that we have made, to be removed.
  Gate gate;
  net::TlsFiles tls_files;
  std::shared_ptr<const net::TlsContext> tls;  // Null: plain.
  std::unique_ptr<net::HttpServer> server;
};

struct Endpoints::Leaving {
  std::unique_ptr<Endpoint> endpoint;
  uv::Timer timer;
};

Endpoints::Endpoints(uv::Loop& loop, const Clock& clock, Tokens& tokens, Settings settings,
                     OnRequest on_request)
    : loop_(loop),
      clock_(clock),
      tokens_(tokens),
      settings_(settings),
      on_request_(std::move(on_request)) {}

Endpoints::~Endpoints() {
  if (settings_.shelf && settings_.shelf->is_kept()) return;
  for (const auto& endpoint : endpoints_)
    remove_path(*endpoint);
}

Result<void> Endpoints::open_local(const std::string& path) {
  const auto fits = [&path](int socket) { return os::local_path(socket) == path; };
  GAFFER_TRY(os::UniqueFd listening,
             from_shelf(kLocal, fits, [&path] { return os::listen_unix(path); }));
  auto endpoint = std::make_unique<Endpoint>(
      Endpoint{.name = std::string(kLocal),
               .address = "unix:" + path,
               .path = path,
               .gate = {.wants_token = false, .hosts = {}, .origins = {}, .local = local_user()},
               .server = nullptr});
  return serve(std::move(endpoint), uv::Transport::Pipe, std::move(listening), {.accept = is_ours});
}

Result<void> Endpoints::open(const config::EndpointConfig& endpoint) {
  if (auto wrong = config::wrong_with_endpoint(endpoint))
    return within(endpoint, {Errc::InvalidArgument, 0, *std::move(wrong)});
  GAFFER_TRY(require_new(endpoint));
  if (endpoint.bind.starts_with(kUnix))
    return open_unix(endpoint, endpoint.bind.substr(kUnix.size()));
  const auto address = os::parse_tcp_address(endpoint.bind);
  if (!address) return within(endpoint, address.error());
  if (!may_be_heard(endpoint, *address)) {
    return within(endpoint, {Errc::PermissionDenied, 0,
                             "others can listen in on " + address->text() +
                                 ": give certfile and keyfile, or --insecure-plaintext"});
  }
  const auto fits = [&address](int socket) {
    auto bound = os::local_address(socket);
    if (bound && address->port == 0) bound->port = 0;  // Any was right, so this one is.
    return bound && *bound == *address;
  };
  auto listening = from_shelf(endpoint.name, fits, [&address, &endpoint] {
    return os::listen_tcp(*address, endpoint.backlog);
  });
  if (!listening) return within(endpoint, listening.error());
  return serve_tcp(endpoint, *std::move(listening));
}

Result<void> Endpoints::adopt(const config::EndpointConfig& endpoint, os::UniqueFd listening) {
  GAFFER_TRY(require_new(endpoint));
  const auto address = os::local_address(listening.get());
  if (address && !may_be_heard(endpoint, *address)) {
    return within(endpoint, {Errc::PermissionDenied, 0,
                             "others can listen in on " + address->text() +
                                 ": give certfile and keyfile, or --insecure-plaintext"});
  }
  if (address) return serve_tcp(endpoint, std::move(listening));
  const bool wants_token = endpoint.tokens.value_or(false);
  auto made = std::make_unique<Endpoint>(Endpoint{.name = endpoint.name,
                                                  .address = "unix socket",
                                                  .path = "",
                                                  .gate = {.wants_token = wants_token,
                                                           .hosts = endpoint.hosts,
                                                           .origins = endpoint.origins,
                                                           .local = local_user()},
                                                  .server = nullptr});
  net::HttpServer::Settings settings;
  if (!wants_token) settings.accept = is_ours;
  return serve(std::move(made), uv::Transport::Pipe, std::move(listening), std::move(settings));
}

Result<void> Endpoints::close(std::string_view name) {
  if (name == kLocal)
    return Error{Errc::InvalidArgument, 0, "cannot close local: it is gafferd's own socket"};
  const auto found = std::ranges::find_if(
      endpoints_, [name](const auto& endpoint) { return endpoint->name == name; });
  if (found == endpoints_.end())
    return Error{Errc::NotFound, 0, "no endpoint " + std::string(name)};
  (*found)->server->stop_accepting();
  remove_path(**found);
  if (settings_.shelf) settings_.shelf->remove(std::string(kShelfPrefix).append(name));
  const auto place = leaving_.insert(leaving_.end(), Leaving{std::move(*found), uv::Timer(loop_)});
  endpoints_.erase(found);
  place->timer.start(kGoodbye, [this, place] { leaving_.erase(place); });
  return {};
}

Result<void> Endpoints::reload_certificates() {
  Result<void> outcome;
  for (const auto& endpoint : endpoints_) {
    if (!endpoint->tls) continue;
    auto loaded = net::TlsContext::load(endpoint->tls_files);
    if (loaded) {
      endpoint->tls = *std::move(loaded);
    } else if (outcome) {
      outcome = loaded.error().within("endpoint " + endpoint->name);
    }
  }
  return outcome;
}

bool Endpoints::may_be_heard(const config::EndpointConfig& endpoint,
                             const os::TcpAddress& address) const {
  return address.is_loopback() || !endpoint.certfile.empty() || settings_.allows_plaintext;
}

std::vector<Endpoints::Open> Endpoints::all() const {
  std::vector<Open> all;
  for (const auto& endpoint : endpoints_)
    all.push_back({endpoint->name, endpoint->address, endpoint->server->connection_count()});
  return all;
}

Result<void> Endpoints::require_new(const config::EndpointConfig& endpoint) const {
  for (const auto& open : endpoints_) {
    if (open->name == endpoint.name)
      return Error{Errc::AlreadyExists, 0, "there is an endpoint " + endpoint.name + " already"};
  }
  return {};
}

Result<os::UniqueFd> Endpoints::from_shelf(
    std::string_view name, const std::function<bool(int)>& fits,
    const std::function<Result<os::UniqueFd>()>& make) const {
  if (!settings_.shelf) return make();
  const std::string place = std::string(kShelfPrefix).append(name);
  os::UniqueFd socket = settings_.shelf->take(place);
  if (socket.is_open() && fits(socket.get())) return socket;
  // The keeper closes its own when another takes the place, and would keep an address taken.
  if (socket.is_open()) settings_.shelf->remove(place);
  socket.reset();
  GAFFER_TRY(socket, make());
  GAFFER_TRY(settings_.shelf->put(place, socket.get()));
  return socket;
}

void Endpoints::remove_path(const Endpoint& endpoint) {
  if (!endpoint.path.empty()) os::remove_file(endpoint.path);
}

Result<void> Endpoints::open_unix(const config::EndpointConfig& endpoint, const std::string& path) {
  const auto fits = [&path](int socket) { return os::local_path(socket) == path; };
  auto listening = from_shelf(endpoint.name, fits, [&path, &endpoint] {
    return os::listen_unix_if_free(path, endpoint.mode, endpoint.backlog);
  });
  if (!listening) return within(endpoint, listening.error());
  auto adopted = adopt(endpoint, *std::move(listening));
  if (!adopted) return adopted;
  endpoints_.back()->path = path;
  endpoints_.back()->address = endpoint.bind;
  return {};
}

Result<void> Endpoints::serve_tcp(const config::EndpointConfig& endpoint, os::UniqueFd listening) {
  GAFFER_TRY(const os::TcpAddress address, os::local_address(listening.get()));
  const net::TlsFiles files{endpoint.certfile, endpoint.keyfile, endpoint.cafile};
  std::shared_ptr<const net::TlsContext> tls;
  if (!files.certificate.empty()) {
    auto loaded = net::TlsContext::load(files);
    if (!loaded) return within(endpoint, loaded.error());
    tls = *std::move(loaded);
  }
  std::vector<std::string> hosts = hosts_of(address, tls ? 443 : 80);
  hosts.insert(hosts.end(), endpoint.hosts.begin(), endpoint.hosts.end());
  auto made = std::make_unique<Endpoint>(Endpoint{.name = endpoint.name,
                                                  .address = address.text(),
                                                  .path = "",
                                                  .gate = {.wants_token = true,
                                                           .hosts = std::move(hosts),
                                                           .origins = endpoint.origins,
                                                           .has_tls = tls != nullptr,
                                                           .local = {}},
                                                  .tls_files = files,
                                                  .tls = std::move(tls),
                                                  .server = nullptr});
  // A descriptor of the reserve is for gafferd's own socket, and for processes.
  const auto accept = [this](int fd) {
    if (os::is_reserved(fd) || connection_count() >= kMaxConnections) return false;
    os::send_without_delay(fd);
    return true;
  };
  const auto* context = made->tls ? &made->tls : nullptr;
  return serve(std::move(made), uv::Transport::Tcp, std::move(listening),
               {.max_connections = kMaxConnections, .tls = context, .accept = accept});
}

Result<void> Endpoints::serve(std::unique_ptr<Endpoint> endpoint, uv::Transport transport,
                              os::UniqueFd listening, net::HttpServer::Settings settings) {
  auto on_request = [this, gate = &endpoint->gate](net::Exchange exchange) {
    for (net::Header& header : headers_for_page(*gate, exchange.request()))
      exchange.add_header(std::move(header));
    if (const auto answer = preflight_answer(*gate, exchange.request()))
      return exchange.reply(*answer);
    auto admitted = admit(*gate, tokens_, exchange.request(), clock_.wall());
    if (const auto* refusal = std::get_if<net::Response>(&admitted))
      return exchange.reply(*refusal);
    on_request_(std::move(exchange), std::move(std::get<Caller>(admitted)));
  };
  settings.admit =
      [this, gate = &endpoint->gate](const net::Request& head) -> std::optional<net::Response> {
    auto admitted = admit(*gate, tokens_, head, clock_.wall());
    auto* refusal = std::get_if<net::Response>(&admitted);
    if (refusal == nullptr) return std::nullopt;
    std::ranges::move(headers_for_page(*gate, head), std::back_inserter(refusal->headers));
    return std::move(*refusal);
  };
  GAFFER_TRY(endpoint->server, net::HttpServer::create(loop_, transport, std::move(listening),
                                                       std::move(settings), std::move(on_request)));
  endpoints_.push_back(std::move(endpoint));
  return {};
}

std::size_t Endpoints::connection_count() const {
  std::size_t count = 0;
  for (const auto& endpoint : endpoints_)
    count += endpoint->name == kLocal ? 0 : endpoint->server->connection_count();
  return count;
}

}  // namespace gaffer::apps
