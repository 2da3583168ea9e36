#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gaffer::wire {

/// A line of a log with where and when it came from, as `GET /logs` sends it.
struct LogRecord {
  std::string_view source;   ///< `web.1`
  std::string_view label;    ///< `output`
  std::uint64_t run = 0;     ///< gaffer's pid of the process; 0: not known.
  std::int64_t wall_ns = 0;  ///< When it came, since 1970; 0: not known.
  std::uint64_t offset = 0;  ///< Of its first byte in the log.
  std::uint64_t gap = 0;     ///< Bytes right before it that are not there.
  bool is_partial = false;   ///< What comes next belongs to the same line.
  bool is_context = false;   ///< It did not match, but stands beside one that did.
  std::string_view text;     ///< Any bytes but a newline.

  bool operator==(const LogRecord&) const = default;
};

/// `web.1 TAB output TAB run TAB ns TAB offset TAB gap TAB flags TAB text`, and a newline. The flags
/// are `p` and `c`, or `-`. For programs; text() of it is as it was written.
void append_record(std::string& to, const LogRecord& record);

/// What `append_record` has written, without the newline. Its texts are parts of `line`.
std::optional<LogRecord> parse_record(std::string_view line);

/// One JSON object and a newline. Text that is no UTF-8 comes as `base64` in the place of `text`.
void append_json_record(std::string& to, const LogRecord& record);

/// `2026-11-24T23:41:11.123456Z`
std::string utc_text(std::int64_t wall_ns);

}  // namespace gaffer::wire
