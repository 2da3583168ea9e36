#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/stream/log_reader.h"
#include "core/stream/matcher.h"

namespace gaffer::stream {

/// One line of a log, as a reader gets it.
struct Line {
  std::string_view text;     ///< Without its newline; any bytes. Until the next call.
  std::uint64_t offset = 0;  ///< Of its first byte.
  bool is_whole = true;      ///< Ended by a newline, and not cut before.
  std::uint64_t gap = 0;     ///< Bytes right before it that are not there: too old, or dropped.
};

/// Reads a log line by line from an offset. The offset is all it has to remember: a late reader reads
/// the past, a slow one costs no memory, and one that fell behind learns how much it has missed.
class LineCursor {
 public:
  explicit LineCursor(std::uint64_t offset) : offset_(offset) {}

  /// The next whole line; false when there is none for now, and then no memory is held. A line of
  /// more than 64 KiB comes in pieces. With a matcher, lines that it does not match are left out.
  /// ERRORS: LogReader::read.
  Result<bool> next(LogReader& log, Line& line, const Matcher* matcher = nullptr);

  /// What there is of a line whose newline has not come, once there is no whole one.
  Result<bool> rest(LogReader& log, Line& line);

  /// Of the first byte that was not handed out.
  [[nodiscard]] std::uint64_t offset() const { return offset_; }

 private:
  enum class Filled { More, Gap, Nothing };

  Result<Filled> fill(LogReader& log);
  bool cut_line(Line& line);
  void hand_out(Line& line, std::size_t length, bool is_whole);
  void skip_what_cannot_match(const Matcher& matcher);
  [[nodiscard]] std::string_view ahead() const {
    return std::string_view(buffer_).substr(begin_, end_ - begin_);
  }

  std::uint64_t offset_;
  std::uint64_t gap_ = 0;  // Before the line at offset_.
  std::string buffer_;     // What was read ahead stands between begin_ and end_.
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

/// The beginning of the line that the byte at `offset` is in.
/// ERRORS: LogReader::read.
Result<std::uint64_t> begin_of_line(LogReader& log, std::uint64_t offset);

/// Where the last `count` lines before `end` begin, or of those that match the last `count`.
/// ERRORS: LogReader::read.
Result<std::uint64_t> offset_of_last_lines(LogReader& log, std::uint64_t end, std::size_t count,
                                           const Matcher* matcher = nullptr);

}  // namespace gaffer::stream
