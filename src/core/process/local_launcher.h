#pragma once

#include <list>
#include <memory>

#include "base/clock.h"
#include "core/process/hunt.h"
#include "core/process/launcher.h"
#include "os/host.h"
#include "uv/loop.h"
#include "uv/poll.h"
#include "uv/turn_line.h"

namespace gaffer {

/// Makes children of this process, and hears of their exits on a pidfd each: no SIGCHLD handler, no
/// `waitpid(-1)`, so a host's own children stay its own.
class LocalLauncher final : public Launcher {
 public:
  static Result<std::unique_ptr<LocalLauncher>> create(uv::Loop& loop);

  Result<std::unique_ptr<LaunchedProcess>> launch(const os::SpawnPlan& plan,
                                                  std::shared_ptr<const os::Cgroup> cgroup,
                                                  OnExited on_exited) override;

  /// Whether this is the pid of a process that it made and has not reaped.
  [[nodiscard]] bool has_made(pid_t pid) const;

 private:
  class LocalProcess;
  /// A child that was let go and runs on. It is only waited for, so that no zombie is left.
  struct Orphan {
    os::Child child;
    uv::Poll exit_watch;  // Destroyed before the descriptor it watches.
  };

  LocalLauncher(uv::Loop& loop, os::Spawner spawner);
  void adopt(os::Child child, uv::Poll exit_watch);

  uv::Loop& loop_;
  os::Spawner spawner_;
  SystemClock clock_;
  uv::TurnLine exits_;  // Of all processes.
  Hunt hunt_;
  std::list<Orphan> orphans_;
};

}  // namespace gaffer
