#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gaffer::config {

/// Who is told of events: the section `[webhooks]`.
///
///     [webhooks]
///     # A topic, as GET /events takes it, and where its events are posted to.
///     exit = https://hooks.example.com/exits
///     proc.web = unix:/run/alarm.sock:/gaffer
///     . = http://127.0.0.1:9000/all
///     # Whoever has it can tell that a message is from here.
///     secret = …
struct WebhookConfig {
  struct Hook {
    std::string topic;
    std::string url;
    bool operator==(const Hook&) const = default;
  };
  std::vector<Hook> hooks;
  std::string secret;  ///< Empty: messages are not signed.

  bool operator==(const WebhookConfig&) const = default;
};

/// Sets a key of the section. Returns what is wrong with it and what would be right.
std::optional<std::string> set_webhook_key(WebhookConfig& webhooks, std::string_view key,
                                           std::string_view value);

}  // namespace gaffer::config
