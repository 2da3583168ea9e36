#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "gaffer/result.h"

namespace gaffer {

namespace stream {
class InputWriter;
}

/// Writes to an input of one process, on any thread and any number of them at once; a copy writes to
/// the same. Never blocks: up to 1 MiB waits for the process to read it. What one call writes
/// arrives whole, with no byte of another between, in the order of the calls. It may outlive the
/// process, and is refused then.
class Writer {
 public:
  explicit Writer(std::shared_ptr<const stream::InputWriter> input) : input_(std::move(input)) {}

  /// Writes the bytes as they are: a line has its end with it.
  /// ERRORS: LimitReached when they do not fit into the queue: then none of them is written.
  /// NotRunning when the input is closed or the process gone.
  [[nodiscard]] Result<void> write(std::string_view bytes) const;
  /// Writes all of them, one behind the other, as one call.
  [[nodiscard]] Result<void> writelines(std::span<const std::string> lines) const;
  /// The end of the input, behind all that was written before. ERRORS: NotRunning, as `write`.
  [[nodiscard]] Result<void> close() const;

  /// How many bytes wait for the process to read them.
  [[nodiscard]] std::size_t queued() const;

 private:
  std::shared_ptr<const stream::InputWriter> input_;
};

}  // namespace gaffer
