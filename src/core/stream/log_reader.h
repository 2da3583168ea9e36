#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <variant>
#include <vector>

#include "core/stream/compressed.h"
#include "core/stream/log.h"
#include "core/stream/times.h"
#include "gaffer/result.h"
#include "os/unique_fd.h"

namespace gaffer::stream {

/// Reads a log by offset, beside the one who writes it: on any thread, one at a time, and as well
/// when nobody writes. Bytes that are not kept any more, or were dropped, are skipped and told.
class LogReader {
 public:
  /// Of a log on disk that nobody has looked at it finds out what there is.
  explicit LogReader(LogView view);

  /// Whether it is a view of the log that this reads: one in memory may have been made anew.
  [[nodiscard]] bool reads(const LogView& view) const { return view.memory == view_.memory; }

  /// What there is now, of the same log.
  void refresh(LogView view);

  /// The first offset that is kept, and the one behind the last.
  [[nodiscard]] std::uint64_t begin() const;
  [[nodiscard]] std::uint64_t end() const { return view_.end; }

  struct Piece {
    std::uint64_t offset = 0;  ///< Behind the one that was asked for where that is not kept.
    std::size_t size = 0;      ///< 0: the end.
  };
  /// Reads the first bytes at or behind `offset`, as many as are at hand.
  /// ERRORS: what the disk says.
  Result<Piece> read(std::uint64_t offset, std::span<char> into);

  /// The part that is kept without a gap and ends at or before `end`: where it begins and ends. The
  /// way to read backwards.
  struct Stretch {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
  };
  Stretch stretch_before(std::uint64_t end);

  /// When the bytes came.
  [[nodiscard]] TimesReader& times() { return times_; }

 private:
  /// The segment that was read last.
  struct Opened {
    std::uint64_t base = 0;
    std::uint64_t size = 0;
    std::variant<os::UniqueFd, CompressedFile> file;
  };

  void look_up_segments();
  bool open_segment(std::size_t number);
  [[nodiscard]] std::uint64_t end_of_opened(std::size_t number) const;
  Result<std::size_t> read_opened(std::uint64_t offset, std::span<char> into);
  Result<Piece> read_memory(std::uint64_t offset, std::span<char> into) const;

  LogView view_;
  std::optional<Opened> opened_;
  os::UniqueFd times_file_;
  TimesReader times_;
};

}  // namespace gaffer::stream
