#pragma once

#include <vector>

#include "gaffer/application.h"
#include "gaffer/result.h"

namespace gaffer {

/// The applications of a manager: each is told of a transition once.
class Applications {
 public:
  explicit Applications(Manager& manager) : manager_(manager) {}

  /// Starts them in this order. ERRORS: as Manager::start.
  Result<void> start(const std::vector<Application*>& applications, uv_loop_s* loop);
  /// Stops those that were started, the last one first.
  void stop();
  void restart() const;

  [[nodiscard]] bool is_started() const { return is_started_; }

 private:
  Manager& manager_;
  bool is_started_ = false;
  std::vector<Application*> started_;
};

}  // namespace gaffer
