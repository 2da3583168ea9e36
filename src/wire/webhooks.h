#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gaffer/result.h"

namespace gaffer::wire {

/// A message to a webhook. In `webhooks.json` since version 1: one object of these fields a line.
struct Delivery {
  std::string id;     ///< The same at each attempt.
  std::string url;    ///< Where to.
  std::string event;  ///< Its kind.
  std::string body;   ///< wire/events.h
  bool operator==(const Delivery&) const = default;
};

std::string deliveries_document(const std::vector<Delivery>& deliveries);
/// ERRORS: Protocol, naming the line.
Result<std::vector<Delivery>> parse_deliveries_document(std::string_view text);

/// How webhooks fare.
struct WebhookFacts {
  std::uint64_t waiting = 0;
  std::uint64_t delivered = 0;
  std::uint64_t failed = 0;   ///< Attempts.
  std::uint64_t dropped = 0;  ///< Refused for good, or too many waited.
  std::string problem;        ///< Of the last attempt that failed; empty after one that did not.
  bool operator==(const WebhookFacts&) const = default;
};

}  // namespace gaffer::wire
