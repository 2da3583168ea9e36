#pragma once

#include <memory>
#include <optional>

#include "core/manager/manager.h"
#include "core/process/local_launcher.h"
#include "core/process/orphan_reaper.h"
#include "gaffer/result.h"
#include "os/cgroup.h"
#include "uv/loop.h"

namespace gaffer::programs {

/// What a program that is a process manager and nothing else does with its own process, so that a
/// manager in it has all means: descriptors for thousands of pipes, orphans below it, and a cgroup
/// for those of the processes where cgroup v2 is mounted and it may write there.
class ProcessHost {
 public:
  /// ERRORS: what the system says; without a cgroup it goes on.
  /// LIFETIME: `loop` outlives this, and this the manager.
  static Result<std::unique_ptr<ProcessHost>> create(uv::Loop& loop);

  [[nodiscard]] LocalLauncher& launcher() { return *launcher_; }

  /// Of a manager whose processes have the environment of this program. Output is kept in memory.
  [[nodiscard]] Manager::Settings settings() const;

 private:
  ProcessHost() = default;

  rlim_t limit_of_children_ = 0;
  std::optional<os::Cgroup> cgroup_;  // Removed last, when it is empty.
  std::unique_ptr<LocalLauncher> launcher_;
  std::unique_ptr<OrphanReaper> reaper_;
};

}  // namespace gaffer::programs
