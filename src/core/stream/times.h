#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include "gaffer/result.h"
#include "os/unique_fd.h"

namespace gaffer::stream {

using WallTime = std::chrono::system_clock::time_point;

/// One row of the record of times: the bytes from `offset` on, up to the next row's, came then.
/// This is the form on disk (docs/formats/logs.md): 32 bytes, in the machine's byte order.
struct TimeRow {
  std::uint64_t offset = 0;
  std::int64_t wall_ns = 0;        ///< CLOCK_REALTIME, to be shown.
  std::int64_t since_boot_ns = 0;  ///< CLOCK_BOOTTIME: never steps back while the machine runs.
  std::uint64_t run = 0;           ///< gaffer's pid of the process that wrote them.

  [[nodiscard]] WallTime wall() const {
    return WallTime(
        std::chrono::duration_cast<WallTime::duration>(std::chrono::nanoseconds(wall_ns)));
  }
  bool operator==(const TimeRow&) const = default;
};
static_assert(sizeof(TimeRow) == 32);

/// Writes when the bytes of a log came, after they came: a record that is behind or lost costs times
/// and no bytes. A row is written when the process is another one, or 10 ms after the last: that is
/// how fine time is in a log that is written to without a pause.
class TimesWriter {
 public:
  TimesWriter() = default;  ///< Notes nothing.

  /// Goes on behind the rows of a file that are about bytes before `end`. A file that is no such
  /// record is begun anew.
  static Result<TimesWriter> open(os::UniqueFd file, std::uint64_t end);

  /// Bytes of `run` came, the first at `offset`. A row that cannot be written is left out.
  void note(std::uint64_t offset, std::uint64_t run);

  /// Bytes before `begin` are not kept any more: their rows are given back to the file system.
  void forget_before(std::uint64_t begin);

  [[nodiscard]] int descriptor() const { return file_.get(); }

 private:
  os::UniqueFd file_;
  std::uint64_t rows_ = 0;  // The head counts as one.
  std::uint64_t oldest_ = 1;
  TimeRow last_{};
};

/// Reads a record of times, on any thread. Rows are numbered from 1; those of bytes that are gone
/// may be gone too.
class TimesReader {
 public:
  TimesReader() = default;  ///< Knows nothing.
  /// A descriptor that somebody else owns; it may grow while it is read.
  explicit TimesReader(int file);

  /// The row that tells of the byte at `offset`: the last that is not behind it.
  [[nodiscard]] std::optional<TimeRow> at(std::uint64_t offset);

  /// Where the first bytes stand that came at `time` or later; empty when none did. Where the clock
  /// was set back, what came before that counts as earlier.
  [[nodiscard]] std::optional<std::uint64_t> offset_at(WallTime time);

  /// One process's part of the log.
  struct Run {
    std::uint64_t run = 0;
    std::uint64_t begin = 0;
  };
  /// Every change of the writing process, the oldest first.
  [[nodiscard]] std::vector<Run> runs();

 private:
  std::optional<TimeRow> row(std::uint64_t number);
  void load(std::uint64_t number);
  void look_again();
  template <typename IsBefore>
  std::uint64_t first_that_is_not(const IsBefore& is_before);

  int file_ = -1;
  std::uint64_t first_ = 1;  // Rows before it may be gone.
  std::uint64_t rows_ = 0;
  std::uint64_t loaded_from_ = 0;
  std::vector<TimeRow> loaded_;
  std::uint64_t hint_ = 0;  // The row that answered last.
};

}  // namespace gaffer::stream
