#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "core/config/webhooks.h"
#include "core/events/signal.h"
#include "core/manager/manager.h"
#include "gaffer/result.h"
#include "net/http_client.h"
#include "uv/loop.h"
#include "uv/pool.h"
#include "uv/timer.h"
#include "wire/webhooks.h"

namespace gaffer::apps {

/// Posts events to URLs, each as JSON (wire/events.h) with the headers `Gaffer-Event`,
/// `Gaffer-Delivery`, which is the same at each attempt, and, where there is a secret,
/// `Gaffer-Signature: sha256=` with the HMAC of the body in hexadecimal.
///
/// To one URL they go in their order, one at a time. What is answered with 2xx is delivered, with
/// another 4xx than 408 and 429 refused for good; all else is tried again after a second, then
/// twice as long each time, up to five minutes. kMostWaiting wait for each URL; the oldest make
/// room. What has waited for a second is in a file, and is posted when gafferd is back.
class Webhooks {
 public:
  static constexpr std::size_t kMostWaiting = 1'000;

  struct Settings {
    std::string path;                              ///< Of the file; empty: none.
    std::chrono::milliseconds first_retry{1'000};  ///< After the first failure.
  };
  /// LIFETIME: loop and manager outlive this.
  Webhooks(uv::Loop& loop, Manager& manager, Settings settings);
  Webhooks(const Webhooks&) = delete;
  Webhooks& operator=(const Webhooks&) = delete;
  /// Writes down what waits.
  ~Webhooks();

  /// Posts what these say from now on. What waits for a URL that is not among them is dropped.
  void configure(config::WebhookConfig webhooks);

  /// Takes up what an earlier life has left in the file, after `configure`.
  /// ERRORS: what the file says. It is then left as it is until something is written.
  Result<void> resume();

  [[nodiscard]] bool is_in_use() const { return !receivers_.empty(); }
  [[nodiscard]] wire::WebhookFacts facts() const;

 private:
  struct Receiver;
  /// Shared with a thread that may still write when this is gone.
  struct File {
    std::mutex mutex;
    bool is_over = false;  ///< Guarded by mutex: nobody writes any more.
  };

  void happened(const Event& event);
  void enqueue(Receiver& receiver, wire::Delivery delivery);
  void post_next(Receiver& receiver);
  void answered(Receiver& receiver, const Result<int>& status);
  void retry_later(Receiver& receiver, const std::string& problem);
  void changed();
  void write_down();
  [[nodiscard]] std::vector<wire::Delivery> waiting() const;

  uv::Loop& loop_;
  Manager& manager_;
  const Settings settings_;
  config::WebhookConfig webhooks_;
  wire::WebhookFacts facts_;
  std::map<std::string, std::unique_ptr<Receiver>> receivers_;  // By URL.
  bool is_file_empty_ = true;
  bool is_changed_ = false;  // Since it was written down.
  std::shared_ptr<File> file_ = std::make_shared<File>();
  uv::Pool::Ticket writing_;
  uv::Timer write_timer_;
  Subscription events_;
  net::HttpClient client_;  // Destroyed first: its closures know receivers.
};

}  // namespace gaffer::apps
