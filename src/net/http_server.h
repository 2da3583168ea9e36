#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>

#include "gaffer/result.h"
#include "net/exchange.h"
#include "net/request_parser.h"
#include "net/tls.h"
#include "os/unique_fd.h"
#include "uv/loop.h"
#include "uv/stream.h"

namespace gaffer::net {

/// Serves HTTP/1.1 on one listening socket. The requests of a connection are handled one after the
/// other: the next is not looked at before the last is answered and the client has taken the
/// answer, so pipelining costs a client its own memory and not ours.
///
/// It knows nothing about hosts, origins and tokens: that is for the handler.
/// REQUIRES: the program ignores SIGPIPE, for libuv writes without MSG_NOSIGNAL.
class HttpServer {
 public:
  using Handler = std::function<void(Exchange)>;

  struct Settings {
    Limits limits;
    /// Beyond them a client gets 503, and many at once nothing.
    std::size_t max_connections = 256;
    /// From the first byte of a request, or from connecting, until the request is complete: 408.
    std::chrono::milliseconds head_timeout = std::chrono::seconds(10);
    std::chrono::milliseconds idle_timeout = std::chrono::seconds(75);  ///< Between two requests.
    /// Without the client taking a byte of a finished answer. For a stream, its writer decides.
    std::chrono::milliseconds send_timeout = std::chrono::seconds(10);
    /// Between two pings of a WebSocket: one that has not been heard of since the last, and has
    /// taken nothing, is given up.
    std::chrono::milliseconds ping_interval = std::chrono::seconds(30);
    /// What may wait for the client of a WebSocket, who else is given up.
    std::size_t max_socket_queue = std::size_t{16} << 20;
    /// TLS is spoken if there is a pointer here; what it points to may be replaced, and holds for
    /// those who connect from then on. LIFETIME: it outlives the server.
    const std::shared_ptr<const TlsContext>* tls = nullptr;
    /// Looks at a request whose body has not been read yet: with an answer, that is the end of the
    /// connection. Null reads them all. It must not destroy the server.
    std::function<std::optional<Response>(const Request& head)> admit;
    /// Whether to serve a client that has connected, by its descriptor. Null serves all.
    std::function<bool(int fd)> accept;
  };

  /// Serves on a listening socket.
  /// CALLS: `handler` for each request. It may answer later, and destroy the server.
  /// ERRORS: those of uv::Listener.
  static Result<std::unique_ptr<HttpServer>> create(uv::Loop& loop, uv::Transport transport,
                                                    os::UniqueFd listening, Settings settings,
                                                    Handler handler);
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;
  /// Closes every connection at once; what the kernel has not taken is lost.
  ~HttpServer();

  /// Closes the listening socket. Connections are served as before.
  void stop_accepting();
  [[nodiscard]] std::size_t connection_count() const { return connections_.size(); }

 private:
  HttpServer(uv::Loop& loop, Settings settings, Handler handler);
  void connected(uv::Stream stream);

  uv::Loop& loop_;
  const Settings settings_;
  const std::shared_ptr<const Handler> handler_;
  std::uint64_t last_id_ = 0;
  // Refer to the settings.
  std::map<std::uint64_t, std::unique_ptr<Connection>> connections_;
  std::optional<uv::Listener> listener_;
};

}  // namespace gaffer::net
