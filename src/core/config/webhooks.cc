#include "core/config/webhooks.h"

#include <algorithm>

namespace gaffer::config {
namespace {

bool is_url(std::string_view text) {
  const bool is_plain = std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7f'; });
  if (!is_plain) return false;
  if (text.starts_with("unix:/")) return text.find(":/", 6) != std::string_view::npos;
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (text.starts_with(scheme)) return text.size() > scheme.size() && text[scheme.size()] != '/';
  }
  return false;
}

}  // namespace

std::optional<std::string> set_webhook_key(WebhookConfig& webhooks, std::string_view key,
                                           std::string_view value) {
  if (key == "secret") {
    webhooks.secret = value;
    return value.empty() ? std::optional<std::string>("secret is empty") : std::nullopt;
  }
  if (!is_url(value)) {
    return "webhook " + std::string(key) + " is \"" + std::string(value) +
           "\": it must be http://…, https://… or unix:/path/of/socket:/path";
  }
  webhooks.hooks.push_back({std::string(key), std::string(value)});
  return std::nullopt;
}

}  // namespace gaffer::config
