#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/config/endpoint.h"
#include "core/config/webhooks.h"
#include "gaffer/process_template.h"

namespace gaffer::config {

/// What a file of templates came to: the templates in the order of the file, or what is wrong with
/// it. Never both: a file with a problem gives no templates.
struct Loaded {
  std::vector<ProcessTemplate> templates;

  /// Sentences of one line each, `file:line: message`, in the order of lines; all of them, so that
  /// a file can be put right in one go.
  std::vector<std::string> problems;

  /// Sentences of the same form about what is right here and means something else to another tool
  /// that reads such files; there may be some with either.
  std::vector<std::string> warnings;

  std::vector<EndpointConfig> endpoints;    ///< Where gafferd serves, beside its own socket.
  WebhookConfig webhooks;                   ///< Who is told of events.
  std::optional<std::uint64_t> log_budget;  ///< Bytes of all closed logs; 0: any number.

  bool operator==(const Loaded&) const = default;
};

}  // namespace gaffer::config
