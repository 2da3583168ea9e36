#include "core/stream/memory_log.h"

#include "os/files.h"

namespace gaffer::stream {
namespace {

constexpr std::size_t kMaxMove = std::size_t{1} << 20;

}  // namespace

Result<Log::Readiness> MemoryLog::prepare(OnPrepared /*on_prepared*/) {
  if (memory_) return Readiness::Now;
  auto memory = std::make_shared<MemoryBytes>();
  GAFFER_TRY(memory->bytes, os::memory_file("gaffer-output"));
  GAFFER_TRY(os::UniqueFd times, os::memory_file("gaffer-times"));
  GAFFER_TRY(times_, TimesWriter::open(std::move(times), end_));
  memory->times = times_.descriptor();
  memory->begin = end_;
  memory_ = std::move(memory);
  release_at_ = end_ + keep_bytes_ + keep_bytes_ / 8;
  return Readiness::Now;
}

Result<std::size_t> MemoryLog::take(int pipe, std::uint64_t run) {
  GAFFER_TRY(const std::size_t moved,
             os::splice_to_file(pipe, memory_->bytes.get(), end_, kMaxMove));
  if (moved == 0) return moved;
  times_.note(end_, run);
  end_ += moved;
  if (end_ >= release_at_) release_old();
  return moved;
}

// In steps of an eighth of the bound, so that it costs next to nothing per byte. Who is reading
// there finds out by the new beginning, which is set first.
void MemoryLog::release_old() {
  release_at_ = end_ + keep_bytes_ / 8;
  const std::uint64_t begin = end_ - keep_bytes_;
  memory_->begin = begin;
  (void)os::release_front(memory_->bytes.get(), begin);  // Memory takes it.
  times_.forget_before(begin);
}

LogView MemoryLog::view() const { return {.memory = memory_, .end = memory_ ? end_ : 0}; }

}  // namespace gaffer::stream
