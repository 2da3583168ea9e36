#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "core/manager/manager.h"
#include "core/process/local_launcher.h"
#include "core/process/orphan_reaper.h"
#include "gaffer/result.h"
#include "keeper/client/keeper_launcher.h"
#include "keeper/client/keeper_link.h"
#include "os/cgroup.h"
#include "uv/loop.h"

namespace gaffer::programs {

/// What a program that is a process manager and nothing else does with its own process, so that a
/// manager in it has all means: descriptors for thousands of pipes, orphans below it, and a cgroup
/// for those of the processes where cgroup v2 is mounted and it may write there.
class ProcessHost {
 public:
  /// Processes become children of `keeper`, if there is one: then orphans are its business too.
  /// ERRORS: what the system says; without a cgroup it goes on.
  /// LIFETIME: `loop` and `keeper` outlive this, and this the manager.
  static Result<std::unique_ptr<ProcessHost>> create(uv::Loop& loop,
                                                     keeper::KeeperLink* keeper = nullptr);

  [[nodiscard]] Launcher& launcher() { return *launcher_; }
  /// As KeeperLauncher::set_on_gone, where there is a keeper.
  void set_on_keeper_gone(std::function<void()> on_gone);
  /// As KeeperLauncher::set_acknowledge, where there is a keeper.
  void set_acknowledge(std::function<void(std::function<void()>)> acknowledge);
  /// Ends what the gafferd before has left and nobody wants any more.
  void end_what_is_left();

  /// Of a manager whose processes have the environment of this program. Output is kept in memory.
  [[nodiscard]] Manager::Settings settings() const;

 private:
  ProcessHost() = default;

  rlim_t limit_of_children_ = 0;
  std::optional<os::Cgroup> cgroup_;  // Removed last, when it is empty.
  std::unique_ptr<Launcher> launcher_;
  keeper::KeeperLauncher* kept_ = nullptr;  // The same, where there is a keeper.
  std::unique_ptr<OrphanReaper> reaper_;
};

}  // namespace gaffer::programs
