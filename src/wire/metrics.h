#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "gaffer/info.h"
#include "gaffer/stats.h"
#include "wire/webhooks.h"

namespace gaffer::wire {

/// What gafferd says of itself.
struct DaemonMetrics {
  std::uint64_t revision = 0;        ///< Of the last event.
  std::uint64_t resident_bytes = 0;  ///< Its own memory.
  std::uint64_t connections = 0;     ///< To the API.
  std::optional<WebhookFacts> webhooks;
};

/// Metrics in the text format of Prometheus, version 0.0.4: for each template and each slot, and of
/// gafferd itself. What a slot uses is that of its processes with all below them.
std::string metrics_document(const std::vector<TemplateInfo>& templates,
                             const std::vector<TemplateStats>& stats, const DaemonMetrics& daemon);

}  // namespace gaffer::wire
