#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "gaffer/result.h"
#include "os/unique_fd.h"

namespace gaffer::stream {

/// Bytes in the order in which they came, each at an offset that stays its own for good.
///
/// The bytes are in a file, or in memory where there is no place for files. What is older than the
/// bound is given back to the system from the front; the offsets of the rest do not move, and
/// `begin()` tells where they start. The file's size is the end, so a crash leaves nothing to
/// repair.
class Segment {
 public:
  /// Opens or creates a file and goes on behind what is in it.
  static Result<Segment> open(const std::string& path, std::uint64_t keep_bytes);
  static Result<Segment> in_memory(std::uint64_t keep_bytes);

  [[nodiscard]] std::uint64_t begin() const { return begin_; }
  [[nodiscard]] std::uint64_t end() const { return end_; }

  /// Moves what is in the pipe to the end, at most 1 MiB. 0 is the end of the pipe.
  /// ERRORS: Busy when the pipe is empty for now; LimitReached when there is no space: nothing is
  /// lost, the bytes stay in the pipe.
  Result<std::size_t> take(int pipe);

  /// Copies bytes from `offset` on, which is within begin() … end(); returns how many.
  Result<std::size_t> read(std::uint64_t offset, std::span<char> into) const;

 private:
  Segment(os::UniqueFd file, std::uint64_t begin, std::uint64_t end, std::uint64_t keep_bytes)
      : file_(std::move(file)),
        begin_(begin),
        end_(end),
        keep_bytes_(keep_bytes),
        release_at_(begin + keep_bytes + keep_bytes / 8) {}
  void release_old();

  os::UniqueFd file_;
  std::uint64_t begin_;
  std::uint64_t end_;
  std::uint64_t keep_bytes_;
  std::uint64_t release_at_;  // The end at which the next piece of the front is given back.
};

}  // namespace gaffer::stream
