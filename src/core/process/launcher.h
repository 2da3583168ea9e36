#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
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

  /// What its end is remembered with, for another life of this program, until the last one who holds
  /// it lets it go. It may outlive this, not the launcher. Null where nobody remembers.
  [[nodiscard]] virtual std::shared_ptr<void> remembrance() { return nullptr; }

  /// The end of its standard input: this program has closed it, and who else holds it closes it too.
  virtual void close_input() {}
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

  /// A process that an earlier life of this program has left running, or ended unheard.
  struct LeftProcess {
    std::unique_ptr<LaunchedProcess> process;
    std::chrono::nanoseconds age{};
    os::UniqueFd input;  ///< Our ends of its streams, as far as it has them.
    os::UniqueFd output;
    os::UniqueFd errors;
  };
  /// The SpawnPlan::number of the process that was left in a place; nothing if there is none.
  [[nodiscard]] virtual std::optional<std::uint64_t> number_left_in(
      std::string_view /*place*/) const {
    return std::nullopt;
  }
  /// Whether that process has ended, or was asked to.
  [[nodiscard]] virtual bool is_ending_in(std::string_view /*place*/) const { return false; }
  /// Takes it over; nothing if there is none.
  /// CALLS: `on_exited` as `launch`, also for one that has ended meanwhile.
  // NOLINTNEXTLINE(performance-unnecessary-value-param): those that have one keep it
  virtual std::optional<LeftProcess> take_left(std::string_view /*place*/, OnExited /*on_exited*/) {
    return std::nullopt;
  }
  /// The highest SpawnPlan::number that was ever used here; 0 if none was.
  [[nodiscard]] virtual std::uint64_t last_number() const { return 0; }
  /// What the mark of each process here begins with, os::kTreeVariable; its number follows. Empty:
  /// whatever no other has.
  [[nodiscard]] virtual std::string tree_prefix() const { return ""; }
};

}  // namespace gaffer
