#pragma once

#include <memory>

#include "gaffer/result.h"

struct uv_loop_s;

namespace gaffer::uv {

/// An event loop: our own, or one that the host program made and runs.
///
/// Everything that uses a loop belongs to the thread that runs it; the only call from another
/// thread is Wakeup::post. An own loop must have no open handle left when it is destroyed: it
/// aborts and names one, in every build, so that every test is a test for leaks.
class Loop {
 public:
  /// Makes a loop.
  /// ERRORS: LimitReached where there are not descriptors enough for it.
  static Result<Loop> create();
  /// Uses the host's loop. LIFETIME: `borrowed` outlives this and everything made with it.
  explicit Loop(uv_loop_s* borrowed) : raw_(borrowed) {}
  /// REQUIRES: nothing has been made with it yet.
  Loop(Loop&& other) noexcept;
  Loop& operator=(Loop&&) = delete;
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;
  ~Loop();

  /// Runs until nothing is left to wait for, or until `stop`.
  void run();
  /// Waits for something to happen, handles it, and returns.
  void run_once();
  /// Handles what has happened already and returns.
  void poll();
  /// Makes `run` return after the current turn.
  void stop();

  [[nodiscard]] uv_loop_s* raw() const { return raw_; }

 private:
  explicit Loop(std::unique_ptr<uv_loop_s> owned);

  std::unique_ptr<uv_loop_s> owned_;
  uv_loop_s* raw_;
};

}  // namespace gaffer::uv
