#include "core/manager/applications.h"

namespace gaffer {

Result<void> Applications::start(const std::vector<Application*>& applications, uv_loop_s* loop) {
  if (is_started_) return Error{Errc::AlreadyExists, 0, "cannot start: it has been started"};
  is_started_ = true;
  for (Application* application : applications) {
    if (auto started = application->start(loop, manager_); !started) {
      stop();
      return started;
    }
    started_.push_back(application);
  }
  return {};
}

void Applications::stop() {
  is_started_ = false;
  while (!started_.empty()) {
    Application* last = started_.back();
    started_.pop_back();
    last->stop();
  }
}

void Applications::restart() const {
  for (Application* application : started_)
    application->restart();
}

}  // namespace gaffer
