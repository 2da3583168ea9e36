#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "programs/gaffer/commands.h"
#include "wire/log_record.h"

namespace gaffer::programs {

/// How lines of logs are shown.
struct LogStyle {
  bool is_safe = false;      ///< Control sequences are shown, not obeyed.
  bool is_coloured = false;  ///< Each name has its colour.
  std::string time_form;     ///< Of strftime(3), with `%L` for milliseconds; empty: no time.
};
LogStyle style_of(const LogsOptions& options);

/// Prints lines of logs, each behind the name of its process if there are several.
class LogPrinter {
 public:
  /// Takes bytes; false when nobody reads any more.
  using Print = std::function<bool(std::string_view bytes)>;

  LogPrinter(LogStyle style, std::size_t width, bool has_names, Print print)
      : style_(std::move(style)), width_(width), has_names_(has_names), print_(std::move(print)) {}

  /// Returns what `print` says.
  bool print(const wire::LogRecord& record);
  /// What was gathered is printed now.
  bool flush();
  /// Ends a line that has no end.
  void finish();

 private:
  void begin_line(const wire::LogRecord& record);

  LogStyle style_;
  std::size_t width_;
  bool has_names_;
  Print print_;
  std::string pending_;
  std::string open_line_of_;  // Whose line has no end yet.
};

/// `23:41:11.123` for `%H:%M:%S.%L`, in local time.
std::string time_text(const std::string& form, std::int64_t wall_ns);

}  // namespace gaffer::programs
