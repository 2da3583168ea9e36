#include "core/stream/segment.h"

#include <algorithm>

#include "os/files.h"

namespace gaffer::stream {
namespace {

constexpr std::size_t kMaxMove = std::size_t{1} << 20;

}  // namespace

Result<Segment> Segment::open(const std::string& path, std::uint64_t keep_bytes) {
  GAFFER_TRY(os::UniqueFd file, os::open_log(path));
  GAFFER_TRY(const std::uint64_t end, os::file_size(file.get()));
  GAFFER_TRY(const std::uint64_t begin, os::first_data(file.get()));
  return Segment(std::move(file), begin, end, keep_bytes);
}

Result<Segment> Segment::in_memory(std::uint64_t keep_bytes) {
  GAFFER_TRY(os::UniqueFd file, os::memory_file("gaffer-output"));
  return Segment(std::move(file), 0, 0, keep_bytes);
}

Result<std::size_t> Segment::take(int pipe) {
  GAFFER_TRY(const std::size_t moved, os::splice_to_file(pipe, file_.get(), end_, kMaxMove));
  end_ += moved;
  if (end_ >= release_at_) release_old();
  return moved;
}

// In steps of an eighth of the bound, so that it costs next to nothing per byte. Where the file
// system cannot do it, a log that is too long is better than one that stops.
void Segment::release_old() {
  release_at_ = end_ + keep_bytes_ / 8;
  if (!os::release_front(file_.get(), end_ - keep_bytes_)) return;
  begin_ = end_ - keep_bytes_;
}

Result<std::size_t> Segment::read(std::uint64_t offset, std::span<char> into) const {
  const std::uint64_t there = end_ - std::min(offset, end_);
  return os::read_at(file_.get(), offset, into.first(std::min<std::uint64_t>(into.size(), there)));
}

}  // namespace gaffer::stream
