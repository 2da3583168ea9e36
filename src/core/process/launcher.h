#pragma once

#include <sys/types.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "gaffer/exit_status.h"
#include "gaffer/result.h"
#include "os/cgroup.h"
#include "os/spawn.h"

namespace gaffer {

/// The group of a process, or all who descend from it, wherever they went.
enum class Kin { Group, Tree };

/// An OS process that a Launcher made, the leader of its own group. Destroying it ends its tree:
/// the group at once, who has left it soon afterwards. A signal sent here reaches nobody else, ever.
class LaunchedProcess {
 public:
  LaunchedProcess() = default;
  LaunchedProcess(const LaunchedProcess&) = delete;
  LaunchedProcess& operator=(const LaunchedProcess&) = delete;
  virtual ~LaunchedProcess() = default;

  [[nodiscard]] virtual pid_t os_pid() const = 0;

  /// What it was to get as a best effort and does not have, as os::Child::refused.
  [[nodiscard]] virtual const std::vector<std::string>& refused() const = 0;

  /// Signals the process and everybody in its group.
  /// ERRORS: NotFound when none is left, PermissionDenied.
  virtual Result<void> signal_group(int signal) = 0;

  /// Asks the tree to end, with `signal`, and SIGCONT for those that are stopped: the group now,
  /// and who has left it when the leader has ended and a look for survivors finds him.
  /// ERRORS: as `signal_group`.
  virtual Result<void> ask_to_end(int signal) = 0;

  /// SIGKILL to everybody of the tree: to the group now, to who has left it in the looks for
  /// survivors that follow. ERRORS: as `signal_group`.
  virtual Result<void> kill_tree() = 0;

  /// Looks whether anybody of the group or of the tree is still there. The answer is yes also when
  /// a look at the whole tree would be too dear just now, so ask again later.
  /// REQUIRES: the exit has been told.
  virtual bool has_survivors(Kin kin) = 0;

  /// From now on it need not end with this: destroying this leaves it running, and when it ends
  /// nobody of its tree is signalled.
  virtual void let_go() = 0;
};

/// Makes processes and tells how they ended. The manager knows only this, so it need not know whose
/// children they are: this process's (LocalLauncher) or a keeper's.
/// LIFETIME: outlives the processes that it made.
class Launcher {
 public:
  using OnExited = std::function<void(ExitStatus)>;

  Launcher() = default;
  Launcher(const Launcher&) = delete;
  Launcher& operator=(const Launcher&) = delete;
  virtual ~Launcher() = default;

  /// Starts a process. When this returns it runs its program. With a `cgroup`, which is its own and
  /// that of `plan.cgroup`, its tree is told by that; else by os::kTreeVariable in the plan's
  /// environment, a value that no other process ever has or begins with.
  /// CALLS: `on_exited` once on a later turn, when the leader ended; never once what is returned
  /// here was destroyed.
  /// ERRORS: why it cannot run, as os::Spawner::spawn; then nothing is left behind.
  virtual Result<std::unique_ptr<LaunchedProcess>> launch(const os::SpawnPlan& plan,
                                                          std::shared_ptr<const os::Cgroup> cgroup,
                                                          OnExited on_exited) = 0;
};

}  // namespace gaffer
