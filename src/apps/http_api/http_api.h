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
///     GET  /status/{target}              some of them; targets as in core/manager/manager.h
///     POST /processes/{target}/_start    answers when all have come to rest, with their status
///     POST /processes/{target}/_stop
///     POST /processes/{target}/_restart
///     POST /processes/{target}/_reload
///     POST /processes/{target}/_signal/{signal}      HUP, SIGHUP, 1
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
  Result<void> signal(const std::string& target, const std::string& name);
  void act(net::Exchange exchange, const std::string& target, Result<void> done);
  void logs(net::Exchange exchange);

  Manager& manager_;
  net::Router router_;
  std::list<std::unique_ptr<LogFeed>> feeds_;
};

}  // namespace gaffer::apps
