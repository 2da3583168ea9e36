#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "gaffer/result.h"
#include "gaffer/update.h"
#include "wire/webhooks.h"

namespace gaffer::wire {

/// What a daemon says of itself, on the wire since version 1: `{"version": "0.1.0", "pid": 4711,
/// "revision": 7}`.
struct DaemonFacts {
  std::string version;
  pid_t pid = 0;
  std::uint64_t revision = 0;            ///< Of the last event.
  std::optional<WebhookFacts> webhooks;  ///< Where there are some: `"webhooks": {"waiting": 0, …}`.

  bool operator==(const DaemonFacts&) const = default;
};

std::string daemon_document(const DaemonFacts& facts);
/// ERRORS: Protocol.
Result<DaemonFacts> parse_daemon_document(std::string_view text);

/// Who was started: `{"ok": true, "pid": 7}`. ERRORS: Protocol.
Result<std::uint64_t> parse_started_document(std::string_view text);

/// What an update came to: `{"ok": true, "way": "live", "changed": ["nice"]}`; ways are nothing,
/// live, reload and restart.
std::string update_document(const Update& update);
/// ERRORS: Protocol.
Result<Update> parse_update_document(std::string_view text);

}  // namespace gaffer::wire
