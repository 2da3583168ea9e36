#pragma once

#include <list>
#include <memory>
#include <string>

#include "apps/http_api/call.h"
#include "apps/http_api/log_feed.h"
#include "core/manager/manager.h"
#include "net/exchange.h"
#include "net/router.h"

namespace gaffer::apps {

/// The manager over HTTP. routes.cc is the table of what there is; `GET /openapi.json` prints it.
///
/// LIFETIME: the manager outlives this, and this the exchanges it is given.
class HttpApi {
 public:
  explicit HttpApi(Manager& manager);

  /// Finds the route and, if the caller may use it and the request is as the route says, answers.
  void handle(net::Exchange exchange, Caller caller);

  /// \name For the handlers.
  /// @{
  [[nodiscard]] Manager& manager() const { return manager_; }
  /// Answers with an error, or with the status of the call's target once that has come to rest.
  void reply_when_settled(Call call, Result<void> done) const;
  void logs(Call call);
  [[nodiscard]] const std::string& openapi();
  /// @}

 private:
  Manager& manager_;
  net::Router router_;
  std::string openapi_;  // Empty until somebody has asked.
  std::list<std::unique_ptr<LogFeed>> feeds_;
};

}  // namespace gaffer::apps
