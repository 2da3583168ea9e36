#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

#include "core/stream/log.h"
#include "core/stream/times.h"
#include "os/unique_fd.h"

namespace gaffer::stream {

/// What a log in memory consists of, for those who read it: bytes and times stand in files that no
/// file system knows. A byte's offset is its place in the file; the front is given back to the
/// system as it grows.
struct MemoryBytes {
  os::UniqueFd bytes;
  int times = -1;
  std::atomic<std::uint64_t> begin = 0;  ///< What is before it reads as zeros, or will soon.
};

/// A log with no place on disk: of a library's processes, and of those in the foreground.
class MemoryLog final : public Log {
 public:
  /// Keeps at least `keep_bytes`, and an eighth more at most.
  explicit MemoryLog(std::uint64_t keep_bytes) : keep_bytes_(keep_bytes) {}

  [[nodiscard]] bool is_open() const override { return memory_ != nullptr; }
  Result<Readiness> prepare(OnPrepared on_prepared) override;
  Result<std::size_t> take(int pipe, std::uint64_t run) override;
  void skip(std::uint64_t bytes) override { end_ += bytes; }
  void begin_run(std::uint64_t /*run*/) override {}
  void reopen() override {}
  void set_retention(const Retention& /*retention*/) override {}
  [[nodiscard]] LogView view() const override;

 private:
  void release_old();

  std::uint64_t keep_bytes_;
  std::uint64_t end_ = 0;
  std::uint64_t release_at_ = 0;  // The end at which the next piece of the front is given back.
  std::shared_ptr<MemoryBytes> memory_;
  TimesWriter times_;
};

}  // namespace gaffer::stream
