#pragma once

#include <sys/types.h>

#include <functional>
#include <memory>

#include "gaffer/exit_status.h"
#include "gaffer/result.h"
#include "os/spawn.h"

namespace gaffer {

/// An OS process that a Launcher made, the leader of its own group. Destroying it ends the group.
class LaunchedProcess {
 public:
  LaunchedProcess() = default;
  LaunchedProcess(const LaunchedProcess&) = delete;
  LaunchedProcess& operator=(const LaunchedProcess&) = delete;
  virtual ~LaunchedProcess() = default;

  [[nodiscard]] virtual pid_t os_pid() const = 0;

  /// Signals the process and everybody in its group, and nobody else, ever.
  /// ERRORS: NotFound when none is left, PermissionDenied.
  virtual Result<void> signal_group(int signal) = 0;

  /// Whether anybody of the group is still there. REQUIRES: the exit has been told.
  virtual bool has_survivors() = 0;
};

/// Makes processes and tells how they ended. The manager knows only this, so it need not know whose
/// children they are: this process's (LocalLauncher) or a keeper's.
class Launcher {
 public:
  using OnExited = std::function<void(ExitStatus)>;

  Launcher() = default;
  Launcher(const Launcher&) = delete;
  Launcher& operator=(const Launcher&) = delete;
  virtual ~Launcher() = default;

  /// Starts a process. When this returns it runs its program.
  /// CALLS: `on_exited` once on a later turn, when the leader ended; never once what is returned
  /// here was destroyed.
  /// ERRORS: why it cannot run, as os::Spawner::spawn; then nothing is left behind.
  virtual Result<std::unique_ptr<LaunchedProcess>> launch(const os::SpawnPlan& plan,
                                                          OnExited on_exited) = 0;
};

}  // namespace gaffer
