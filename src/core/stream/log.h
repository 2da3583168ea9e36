#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "core/stream/segments.h"
#include "gaffer/result.h"

namespace gaffer::stream {

struct MemoryBytes;

/// Where the bytes of a log can be read, on any thread: a value that says what was there when it was
/// taken. See core/stream/log_reader.h.
struct LogView {
  std::shared_ptr<const MemoryBytes> memory;  ///< Null: on disk.
  LogPlace place;
  /// Null: nobody has looked yet.
  std::shared_ptr<const std::vector<Segment>> segments;
  std::uint64_t end = 0;  ///< Where there are segments, or memory.
};

/// The bytes that the processes of a slot write into one stream, one run after the other, each at an
/// offset that stays its own for good. This is the side that writes; it belongs to the loop.
class Log {
 public:
  using OnPrepared = std::function<void(Result<void>)>;
  enum class Readiness {
    Now,    ///< take() may be called.
    Later,  ///< What it needs is being fetched.
  };

  Log() = default;
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;
  virtual ~Log() = default;

  /// Nothing has to be opened or made before bytes can be taken.
  [[nodiscard]] virtual bool is_open() const = 0;

  /// Makes sure that bytes can be taken.
  /// CALLS: `on_prepared` once on a later turn after `Later`, in place of one that was given before.
  /// ERRORS: why they cannot be taken.
  virtual Result<Readiness> prepare(OnPrepared on_prepared) = 0;

  /// Moves what is in a pipe to the end, at most 1 MiB; `run` is the process that wrote it.
  /// 0 is the end of the pipe. REQUIRES: prepare() has said Now since the last call.
  /// ERRORS: Busy when the pipe is empty for now; LimitReached when there is no space: nothing is
  /// lost, the bytes stay in the pipe.
  virtual Result<std::size_t> take(int pipe, std::uint64_t run) = 0;

  /// `bytes` offsets stand for nothing: what was to have them was dropped.
  virtual void skip(std::uint64_t bytes) = 0;

  /// Whether a run begins a file of its own; asked before its first byte is taken.
  virtual void begin_run(std::uint64_t run) = 0;

  /// Goes on in a file at the same place that was put there since, for log rotators.
  virtual void reopen() = 0;

  /// How much is kept from now on; memory is what it is.
  virtual void set_retention(const Retention& retention) = 0;

  [[nodiscard]] virtual LogView view() const = 0;
};

}  // namespace gaffer::stream
