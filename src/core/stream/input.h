#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "gaffer/process_template.h"
#include "gaffer/result.h"
#include "os/unique_fd.h"
#include "uv/loop.h"
#include "uv/poll.h"
#include "uv/timer.h"
#include "uv/wakeup.h"

namespace gaffer::stream {

/// So many bytes at most wait for a process to read them, beside what its pipe holds. What does not
/// fit is refused.
constexpr std::size_t kMaxQueuedInput = std::size_t{1} << 20;

struct InputQueue;

/// Writes to an Input, from any thread and any number of them at once; a copy writes to the same.
/// Never blocks. What one call writes arrives whole, with no byte of another between, and in the
/// order of the calls. It may outlive the Input, and is refused then.
class InputWriter {
 public:
  /// Writes the bytes as they are: a line has its end with it.
  /// ERRORS: LimitReached when they do not fit into the queue: then none of them is written.
  /// NotRunning when the input has been closed, by us or by the process, or the process is gone.
  [[nodiscard]] Result<void> write(std::string_view bytes) const;
  /// Writes all of them, one behind the other, as one call.
  [[nodiscard]] Result<void> write_lines(std::span<const std::string> lines) const;
  /// The end of the input, behind all that was written before.
  /// ERRORS: NotRunning, as `write`. NotRunning also for a raw terminal, which has no such end.
  [[nodiscard]] Result<void> close() const;

  /// How many bytes wait for the process to read them.
  [[nodiscard]] std::size_t queued() const;

 private:
  friend class Input;
  explicit InputWriter(std::shared_ptr<InputQueue> queue) : queue_(std::move(queue)) {}

  std::shared_ptr<InputQueue> queue_;
};

/// One input of one process: its standard input, its terminal, or a stream of its own; with a queue
/// in front for what the process has not read yet. When the process is gone, so is what it did not
/// read.
class Input {
 public:
  /// What the process has at the other end, which says how an input ends.
  enum class Kind {
    Pipe,      ///< Is closed.
    Socket,    ///< Is shut down, and can still be read from.
    Terminal,  ///< Is sent the character for the end of file, once the line is complete.
  };

  /// Takes over our end, which does not block.
  /// ERRORS: as uv::Poll::create.
  static Result<std::unique_ptr<Input>> create(uv::Loop& loop, os::UniqueFd fd, Kind kind);
  Input(const Input&) = delete;
  Input& operator=(const Input&) = delete;
  ~Input();

  [[nodiscard]] InputWriter writer() const { return InputWriter(queue_); }

  /// CALLS: `on_closed` once on a later turn, when a pipe has been closed by us: who else holds our
  /// end is to close it too, else the process sees no end.
  void set_on_closed(std::function<void()> on_closed) { on_closed_ = std::move(on_closed); }

  /// Tells the processes in the terminal that its size is another one now.
  /// ERRORS: InvalidArgument when this is no terminal.
  Result<void> resize(TerminalSize size);

 private:
  Input(uv::Loop& loop, uv::Poll poll, std::shared_ptr<InputQueue> queue);
  void flush();
  void wait_for_room();
  void end();

  std::shared_ptr<InputQueue> queue_;
  std::function<void()> on_closed_;
  std::optional<uv::Poll> poll_;  // Until the descriptor is closed.
  bool is_waiting_ = false;       // For room.
  uv::Wakeup wakeup_;             // From writers: something waits now.
  uv::Timer retry_;               // While the descriptor cannot be watched.
};

}  // namespace gaffer::stream
