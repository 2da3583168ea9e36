#pragma once

#include <sys/types.h>

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "core/manager/manager.h"
#include "core/process/local_launcher.h"
#include "limits/stamps.h"
#include "uv/loop.h"
#include "uv/poll.h"
#include "uv/timer.h"

namespace gaffer::bench {

/// The same interface as BareKeeper, on a Manager: a template for each process, output in memory,
/// and a pace at which all are started again at once.
class GafferKeeper {
 public:
  GafferKeeper(std::string cmd, std::vector<std::string> environment, Stamps& stamps);

  void start(std::size_t count);
  /// As many templates as `sample`, each with a name of its own.
  void add(std::size_t count, ProcessTemplate sample);
  void stop();
  Stamp run_until_stamped(std::size_t count);
  void run_until(const std::function<bool()>& condition);
  void run_until_settled();
  /// Handles what is left to do, so that it is at rest.
  void settle();

  [[nodiscard]] uv::Loop& loop() { return loop_; }
  [[nodiscard]] Manager& manager() { return manager_; }

 private:
  void turn();

  std::string cmd_;
  Stamps& stamps_;
  SystemClock clock_;
  uv::Loop loop_ = std::move(uv::Loop::create().value());
  std::unique_ptr<LocalLauncher> launcher_;
  Manager manager_;
  uv::Poll stamp_watch_;
  uv::Timer patience_;
};

}  // namespace gaffer::bench
