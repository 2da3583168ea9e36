#pragma once

#include "core/process/launcher.h"
#include "uv/loop.h"

namespace gaffer {

/// Makes children of this process, and hears of their exits on a pidfd each: no SIGCHLD handler, no
/// `waitpid(-1)`, so a host's own children stay its own.
class LocalLauncher final : public Launcher {
 public:
  static Result<std::unique_ptr<LocalLauncher>> create(uv::Loop& loop);

  Result<std::unique_ptr<LaunchedProcess>> launch(const os::SpawnPlan& plan,
                                                  OnExited on_exited) override;

 private:
  LocalLauncher(uv::Loop& loop, os::Spawner spawner) : loop_(loop), spawner_(std::move(spawner)) {}

  uv::Loop& loop_;
  os::Spawner spawner_;
};

}  // namespace gaffer
