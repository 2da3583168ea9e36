#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/stream/intake.h"
#include "core/stream/log.h"
#include "gaffer/process_template.h"
#include "gaffer/result.h"
#include "os/unique_fd.h"
#include "uv/loop.h"
#include "uv/timer.h"

namespace gaffer::stream {

/// Moves what the processes of one slot write into a log, one run after the other.
///
/// A pipe is moved as bytes come and until its last holder is gone, which may be a grandchild long
/// after the process. When there is no space the pipe is left alone, so that the process waits and
/// no byte is lost, and tried again ten times a second; or it is emptied for nothing, and the log has
/// a gap of just that size. The log is opened with the first byte: a silent process costs none.
class Output {
 public:
  using OnGrown = std::function<void()>;

  /// CALLS: `on_grown` after bytes came, at most once a turn and pipe.
  /// LIFETIME: `loop` and `intake` outlive this.
  Output(uv::Loop& loop, Intake& intake, std::unique_ptr<Log> log, OnGrown on_grown);

  void set_on_full(OnFull on_full) { on_full_ = on_full; }
  void set_retention(const Retention& retention) { log_->set_retention(retention); }

  /// Takes over the read end of a pipe that the process `run` writes to. At most 8 are moved at a
  /// time; then the oldest is given up.
  Result<void> attach(os::UniqueFd pipe, std::uint64_t run = 0);

  /// Moves what is in the pipes now, so that the last words of a process that has just ended are
  /// here before anybody is told of its end; where the log is still being opened they come after
  /// it: see is_behind(). At most 64 MiB, lest a grandchild that writes for ever hold us.
  void drain();

  /// Holds it as long as something that was in the pipes when drain() was called is in no log and
  /// has not been dropped. At most 8 of them, as there are pipes; then the oldest is let go.
  void hold_until_drained(std::shared_ptr<void> held);

  /// What was written waits for its log to be opened, and is in it a moment later.
  [[nodiscard]] bool is_behind() const { return mode_ == Mode::Wait && problem_.empty(); }

  /// For log rotators: goes on in the file that is at the log's place now.
  void reopen() { log_->reopen(); }

  [[nodiscard]] LogView view() const { return log_->view(); }

  /// Why output is stuck: `cannot write output: no space left on device`; empty while it flows.
  [[nodiscard]] const std::string& problem() const { return problem_; }

  /// Bytes that were dropped for want of space.
  [[nodiscard]] std::uint64_t dropped() const { return dropped_; }

 private:
  struct Source {
    os::UniqueFd pipe;
    std::uint64_t run;
    bool is_enlarged = false;
    Intake::Watch watch{};  // Destroyed before the pipe.
  };
  using Sources = std::list<Source>;

  enum class Mode {
    Flow,
    Wait,  ///< For the log, or for space: the pipes are not watched.
    Drop,
  };

  Result<std::size_t> move(Source& source);
  std::size_t move_once(Sources::iterator source);
  std::size_t drop(Sources::iterator source);
  Result<void> watch(Sources::iterator source);
  void watch_all();
  void wait();
  void stuck(const Error& why);
  void try_again_later();
  void try_again();
  void resume(const Result<void>& prepared);
  void take_what_waited();

  uv::Loop& loop_;
  Intake& intake_;
  std::unique_ptr<Log> log_;
  OnFull on_full_ = OnFull::Wait;
  OnGrown on_grown_;
  Sources sources_;
  Mode mode_ = Mode::Flow;
  std::string problem_;
  std::uint64_t dropped_ = 0;
  std::vector<std::shared_ptr<void>> held_;
  std::optional<uv::Timer> retry_;
};

}  // namespace gaffer::stream
