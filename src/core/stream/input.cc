#include "core/stream/input.h"

#include <chrono>
#include <functional>
#include <mutex>
#include <utility>

#include "os/nonblocking.h"
#include "os/terminal.h"

namespace gaffer::stream {
namespace {

constexpr std::chrono::milliseconds kRetry{200};

}  // namespace

/// What writers and the loop share.
struct InputQueue {
  enum class State {
    Open,
    Ending,  // Nothing more may be written; what waits comes first.
    Ended,
    Broken,  // The process has closed its end.
    Gone,    // The Input is.
  };

  std::mutex mutex;
  // All below is guarded by it; only the loop closes the descriptor.
  os::UniqueFd fd;
  Input::Kind kind = Input::Kind::Pipe;
  State state = State::Open;
  std::string waiting;             // What the kernel has not taken yet.
  bool is_line_complete = true;    // By the last byte that was written.
  bool is_loop_told = false;       // It knows that there is something to do.
  uv::Wakeup* wakeup = nullptr;    // Null when the Input is gone.
  std::function<void()> on_woken;  // On the loop.

  [[nodiscard]] Result<void> require_open() const {
    if (state == State::Open) return {};
    const char* why = state == State::Broken ? "the process reads its input no more"
                      : state == State::Gone ? "the process is gone"
                                             : "the input has been closed";
    return Error{Errc::NotRunning, 0, std::string("cannot write: ") + why};
  }

  [[nodiscard]] Result<void> require_room(std::size_t size) const {
    if (size <= kMaxQueuedInput - waiting.size()) return {};
    return Error{Errc::LimitReached, 0,
                 "cannot write " + std::to_string(size) + " bytes: the process has " +
                     std::to_string(waiting.size()) + " still to read, and at most " +
                     std::to_string(kMaxQueuedInput) + " may wait"};
  }

  // How many bytes the kernel takes now. Breaks where nobody reads any more.
  std::size_t take(std::string_view bytes) {
    std::size_t taken = 0;
    while (taken < bytes.size()) {
      const auto written = os::write_some(fd.get(), bytes.substr(taken));
      if (!written && written.error().code != Errc::Busy) state = State::Broken;
      if (!written || *written == 0) break;
      taken += *written;
    }
    return taken;
  }

  // Directly where nothing waits, because that saves the loop a turn.
  void append(std::string_view bytes) {
    if (bytes.empty()) return;
    is_line_complete = bytes.back() == '\n';
    if (waiting.empty()) bytes.remove_prefix(take(bytes));
    if (bytes.empty() || state == State::Broken) return;
    waiting += bytes;
    tell_loop();
  }

  void tell_loop() {
    if (!std::exchange(is_loop_told, true)) wakeup->post(on_woken);
  }
};

Result<void> InputWriter::write(std::string_view bytes) const {
  const std::scoped_lock lock(queue_->mutex);
  GAFFER_TRY(queue_->require_open());
  GAFFER_TRY(queue_->require_room(bytes.size()));
  queue_->append(bytes);
  return queue_->require_open();
}

Result<void> InputWriter::write_lines(std::span<const std::string> lines) const {
  std::string bytes;
  for (const std::string& line : lines)
    bytes += line;
  return write(bytes);
}

Result<void> InputWriter::close() const {
  const std::scoped_lock lock(queue_->mutex);
  GAFFER_TRY(queue_->require_open());
  if (queue_->kind == Input::Kind::Terminal) {
    const auto end = os::end_of_file(queue_->fd.get());
    if (!end) return Error{Errc::NotRunning, 0, "a terminal in raw mode has no end of file"};
    // In the midst of a line it only hands over what there is of it; the second one is the end.
    queue_->append(std::string(queue_->is_line_complete ? 1 : 2, *end));
    GAFFER_TRY(queue_->require_open());
  }
  queue_->state = InputQueue::State::Ending;
  queue_->tell_loop();
  return {};
}

std::size_t InputWriter::queued() const {
  const std::scoped_lock lock(queue_->mutex);
  return queue_->waiting.size();
}

Result<std::unique_ptr<Input>> Input::create(uv::Loop& loop, os::UniqueFd fd, Kind kind) {
  GAFFER_TRY(uv::Poll poll, uv::Poll::create(loop, fd.get()));
  auto queue = std::make_shared<InputQueue>();
  queue->fd = std::move(fd);
  queue->kind = kind;
  return std::unique_ptr<Input>(new Input(loop, std::move(poll), std::move(queue)));
}

Input::Input(uv::Loop& loop, uv::Poll poll, std::shared_ptr<InputQueue> queue)
    : queue_(std::move(queue)), poll_(std::move(poll)), wakeup_(loop), retry_(loop) {
  wakeup_.keep_loop_alive(false);  // A process that runs does; its input alone is no reason.
  queue_->wakeup = &wakeup_;
  queue_->on_woken = [this] { flush(); };
}

Input::~Input() {
  poll_.reset();  // Before its descriptor.
  const std::scoped_lock lock(queue_->mutex);
  queue_->state = InputQueue::State::Gone;
  queue_->waiting = {};
  queue_->wakeup = nullptr;
  queue_->on_woken = nullptr;
  queue_->fd.reset();
}

Result<void> Input::resize(TerminalSize size) {
  if (queue_->kind == Kind::Terminal) return os::resize(queue_->fd.get(), size);
  return Error{Errc::InvalidArgument, 0, "it does not run in a terminal"};
}

void Input::flush() {
  using State = InputQueue::State;
  const std::scoped_lock lock(queue_->mutex);
  const std::size_t taken = queue_->take(queue_->waiting);
  queue_->waiting.erase(0, taken);
  // That nobody has the other end of a terminal any more is no error of its writes.
  const bool is_stuck = taken == 0 && !queue_->waiting.empty();
  if (is_stuck && os::has_hung_up(queue_->fd.get())) queue_->state = State::Broken;
  if (queue_->state == State::Broken) queue_->waiting.clear();
  if (!queue_->waiting.empty()) return wait_for_room();

  queue_->waiting = {};  // It may have been long.
  queue_->is_loop_told = false;
  if (std::exchange(is_waiting_, false)) poll_->stop();
  if (queue_->state == State::Ending) end();
}

void Input::wait_for_room() {
  if (std::exchange(is_waiting_, true)) return;
  if (poll_->start([this] { flush(); }, uv::Poll::For::Writing)) return;
  is_waiting_ = false;
  retry_.start(kRetry, [this] { flush(); });
}

void Input::end() {
  queue_->state = InputQueue::State::Ended;
  if (queue_->kind == Kind::Socket) {
    (void)os::end_writing(queue_->fd.get());  // It fails where nobody is there to be told.
  } else if (queue_->kind == Kind::Pipe) {
    poll_.reset();
    queue_->fd.reset();
    if (on_closed_) on_closed_();
  }
}

}  // namespace gaffer::stream
