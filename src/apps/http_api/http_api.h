#pragma once

#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "apps/http_api/call.h"
#include "apps/http_api/endpoints.h"
#include "apps/http_api/feed.h"
#include "apps/http_api/log_feed.h"
#include "apps/http_api/session.h"
#include "apps/http_api/stream_socket.h"
#include "apps/http_api/tokens.h"
#include "base/clock.h"
#include "core/manager/manager.h"
#include "net/exchange.h"
#include "net/router.h"
#include "net/web_socket.h"
#include "uv/loop.h"
#include "wire/runs.h"
#include "wire/webhooks.h"

namespace gaffer::apps {

/// The manager over HTTP. routes.cc is the table of what there is; `GET /openapi.json` prints it.
///
/// LIFETIME: loop, clock and manager outlive this.
class HttpApi {
 public:
  struct Settings {
    std::string state_directory;    ///< For tokens and audit; empty: they are kept nowhere.
    bool allows_plaintext = false;  ///< Also where others than this machine can listen in.
    SocketShelf* shelf = nullptr;   ///< As Endpoints::Settings::shelf.
  };
  /// ERRORS: what the file of tokens says.
  static Result<std::unique_ptr<HttpApi>> create(uv::Loop& loop, const Clock& clock,
                                                 Manager& manager, Settings settings);
  HttpApi(const HttpApi&) = delete;
  HttpApi& operator=(const HttpApi&) = delete;
  ~HttpApi();

  /// Where it is served: nowhere at first.
  [[nodiscard]] Endpoints& endpoints() { return endpoints_; }

  /// Finds the route and, if the caller may use it and the request is as the route says, answers.
  void handle(net::Exchange exchange, Caller caller);

  /// Asked for when somebody wants to know how webhooks fare.
  using AskWebhooks = std::function<std::optional<wire::WebhookFacts>()>;
  void set_ask_webhooks(AskWebhooks ask) { ask_webhooks_ = std::move(ask); }

  /// Asked for the last runs of a template, the newest first. May block for as long as it takes to
  /// read them from a file.
  using AskRuns =
      std::function<Result<std::vector<wire::Run>>(const std::string& name, std::size_t most)>;
  void set_ask_runs(AskRuns ask) { ask_runs_ = std::move(ask); }

  /// \name For the handlers.
  /// @{
  [[nodiscard]] Manager& manager() const { return manager_; }
  [[nodiscard]] const Clock& clock() const { return clock_; }
  [[nodiscard]] Tokens& tokens() { return tokens_; }
  [[nodiscard]] std::optional<wire::WebhookFacts> webhooks() const {
    return ask_webhooks_ ? ask_webhooks_() : std::nullopt;
  }
  /// ERRORS: NotFound: nobody writes them down, or there was none.
  [[nodiscard]] Result<std::vector<wire::Run>> runs(const std::string& name,
                                                    std::size_t most) const;
  /// Answers with an error, or with the status of the call's target once that has come to rest.
  void reply_when_settled(Call call, Result<void> done) const;
  /// All templates that the caller sees.
  [[nodiscard]] std::vector<TemplateInfo> visible(const Caller& caller) const;
  /// Answers with what a source tells, as long as it tells and the client listens.
  void feed(Call call, std::unique_ptr<FeedSource> source, Feed::Settings settings);
  void logs(Call call);
  void log_feed(net::Exchange exchange, LogFeed::Wanted wanted);
  void open_stream(Call call, LogFeed::Wanted wanted, StreamSocket::Settings settings);
  void open_channel(Call call);
  /// Whether the caller's token, if there was one, still holds.
  [[nodiscard]] bool is_valid(const Caller& caller) const;
  /// Writes down who changes what.
  void audit(const Caller& caller, const std::string& what);
  [[nodiscard]] const std::string& openapi();
  /// @}

 private:
  HttpApi(uv::Loop& loop, const Clock& clock, Manager& manager, Settings settings, Tokens tokens);
  void audit(const Call& call);
  void add_log_feed(LogFeed::Wanted wanted, net::BodyWriter writer);
  /// Nothing when it was answered otherwise.
  static std::optional<net::WebSocket> upgrade(Call& call);

  uv::Loop& loop_;
  const Clock& clock_;
  Manager& manager_;
  const Settings settings_;
  Tokens tokens_;
  net::Router router_;
  AskWebhooks ask_webhooks_;
  AskRuns ask_runs_;
  std::string last_audited_;  ///< Who, and what.
  std::string openapi_;       // Empty until somebody has asked.
  Endpoints endpoints_;
  // End what they send properly: before the endpoints.
  std::list<std::unique_ptr<LogFeed>> log_feeds_;
  std::list<std::unique_ptr<Feed>> feeds_;
  std::list<std::unique_ptr<Session>> sessions_;
};

}  // namespace gaffer::apps
