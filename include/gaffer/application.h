#pragma once

#include "gaffer/result.h"

struct uv_loop_s;

namespace gaffer {

class Manager;

/// Something that lives as long as a manager works: it reacts to events, asks and drives the
/// manager, and may put timers, sockets, anything on the loop. Its settings are its own; the manager
/// is given a finished object.
///
///     class Greeter : public gaffer::Application {
///       Result<void> start(uv_loop_s* loop, gaffer::Manager& manager) override {
///         heard_ = manager.subscribe("spawn", …);
///         return {};
///       }
///       void stop() override { heard_.unsubscribe(); }
///       …
///
/// Each method is called on the loop's thread and once for each time that the manager starts, stops
/// or restarts.
class Application {
 public:
  Application() = default;
  Application(const Application&) = delete;
  Application& operator=(const Application&) = delete;
  virtual ~Application() = default;

  /// The manager starts. LIFETIME: `loop` and `manager` are there until `stop` has returned.
  /// ERRORS: what keeps it from working; the manager does not start then, and `stop` is not called.
  virtual Result<void> start(uv_loop_s* loop, Manager& manager) = 0;

  /// The manager has stopped: nothing runs any more. What was put on the loop is to be closed.
  virtual void stop() = 0;

  /// The manager restarts: its processes are about to be replaced.
  virtual void restart() {}
};

}  // namespace gaffer
