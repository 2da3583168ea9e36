#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "core/stream/output.h"

namespace gaffer::stream {

/// One line of an output, as a reader gets it.
struct Line {
  std::string_view text;  ///< Without its newline; any bytes.
  bool is_whole = true;   ///< Ended by a newline, and not cut before.
  std::uint64_t gap =
      0;  ///< Bytes before it that were no longer kept when the reader came to them.
};

/// Reads an output line by line from an offset. The cursor is the only state of a reader: a late
/// one reads the past, a slow one costs no memory, and one that fell behind learns how much it has
/// missed.
class LineReader {
 public:
  explicit LineReader(std::uint64_t offset) : offset_(offset) {}

  /// Calls `on_line` for every whole line that is there. A line of more than 64 KiB comes in
  /// pieces. Stops early when `on_line` returns false; then the next call goes on behind that line.
  Result<void> read(Output& output, const std::function<bool(const Line&)>& on_line);

  /// The same for what is there of a line whose newline has not come.
  Result<void> read_rest(Output& output, const std::function<bool(const Line&)>& on_line);

  [[nodiscard]] std::uint64_t offset() const { return offset_; }

 private:
  std::uint64_t skip_gap(Output& output);

  std::uint64_t offset_;
  std::string buffer_;
};

/// Where the last `count` lines of an output begin.
Result<std::uint64_t> offset_of_last_lines(Output& output, std::size_t count);

}  // namespace gaffer::stream
