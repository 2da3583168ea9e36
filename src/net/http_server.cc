#include "net/http_server.h"

#include "net/connection.h"

namespace gaffer::net {
namespace {

// Clients that are just being told that there are too many.
constexpr std::size_t kMostTurnedAway = 64;

}  // namespace

HttpServer::HttpServer(uv::Loop& loop, Settings settings, Handler handler)
    : loop_(loop),
      settings_(std::move(settings)),
      handler_(std::make_shared<const Handler>(std::move(handler))) {}

HttpServer::~HttpServer() = default;

Result<std::unique_ptr<HttpServer>> HttpServer::create(uv::Loop& loop, uv::Transport transport,
                                                       os::UniqueFd listening, Settings settings,
                                                       Handler handler) {
  std::unique_ptr<HttpServer> server(new HttpServer(loop, std::move(settings), std::move(handler)));
  auto on_connection = [self = server.get()](uv::Stream stream) {
    self->connected(std::move(stream));
  };
  GAFFER_TRY(auto listener,
             uv::Listener::create(loop, transport, std::move(listening), std::move(on_connection)));
  server->listener_.emplace(std::move(listener));
  return server;
}

void HttpServer::stop_accepting() { listener_.reset(); }

void HttpServer::connected(uv::Stream stream) {
  if (settings_.accept && !settings_.accept(stream.fd())) return;
  if (connections_.size() >= settings_.max_connections + kMostTurnedAway) return;
  const bool is_one_too_many = connections_.size() >= settings_.max_connections;
  const std::uint64_t id = ++last_id_;
  // Extracted first: what the connection's closures own may look at the server when it dies.
  auto on_ended = [this, id] { const auto ended = connections_.extract(id); };
  auto [place, is_new] =
      connections_.emplace(id, std::make_unique<Connection>(loop_, std::move(stream), settings_,
                                                            handler_, std::move(on_ended)));
  if (is_one_too_many) {
    place->second->refuse({503, "there are too many connections"});
  } else {
    place->second->serve();
  }
}

}  // namespace gaffer::net
