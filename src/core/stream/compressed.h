#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "gaffer/result.h"
#include "os/unique_fd.h"

namespace gaffer::stream {

/// Writes a file anew as zstd(1) reads it: frames of 1 MiB each, so that a reader need not begin at
/// the beginning. `to` is there whole or not at all.
/// ERRORS: what the disk says.
Result<void> compress_file(const std::string& from, const std::string& to);

/// The size of what was compressed. ERRORS: NotFound, Protocol.
Result<std::uint64_t> compressed_size(const std::string& path);

/// Reads a file that `compress_file` has written, at any offset; on one thread at a time.
class CompressedFile {
 public:
  /// ERRORS: NotFound, Protocol where it is not such a file.
  static Result<CompressedFile> open(const std::string& path);

  [[nodiscard]] std::uint64_t size() const { return frames_.empty() ? 0 : frames_.back().end; }

  /// As os::read_at.
  Result<std::size_t> read(std::uint64_t offset, std::span<char> into);

 private:
  struct Frame {
    std::uint64_t at;  // In the file …
    std::uint64_t length;
    std::uint64_t begin;  // … and what it stands for.
    std::uint64_t end;
  };

  Result<void> load(const Frame& frame);

  os::UniqueFd file_;
  std::vector<Frame> frames_;
  std::uint64_t loaded_from_ = 0;
  std::string loaded_;
};

}  // namespace gaffer::stream
