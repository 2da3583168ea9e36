#pragma once

#include <list>
#include <memory>

#include "apps/http_api/log_feed.h"
#include "core/manager/manager.h"
#include "net/exchange.h"
#include "net/router.h"

namespace gaffer::apps {

/// The manager over HTTP.
///
///     GET  /                             who this is
///     GET  /ping                         OK
///     GET  /version
///     GET  /status                       every template with its processes (wire/status.h)
///     GET  /status/{name}                one of them
///     POST /processes/{name}/_start      answers when it has come to rest, with its status
///     POST /processes/{name}/_stop
///     POST /processes/{name}/_restart
///     POST /processes/{name}/_scale/{expression}     3, +1, -1
///     GET  /logs?name=web&lines=10&follow=true       log_feed.h
///
/// LIFETIME: the manager outlives this, and this the exchanges it is given.
class HttpApi {
 public:
  explicit HttpApi(Manager& manager);

  void handle(net::Exchange exchange) { router_.dispatch(std::move(exchange)); }

 private:
  void add_routes();
  void act(net::Exchange exchange, const std::string& name, Result<void> done);
  void logs(net::Exchange exchange);

  Manager& manager_;
  net::Router router_;
  std::list<std::unique_ptr<LogFeed>> feeds_;
};

}  // namespace gaffer::apps
