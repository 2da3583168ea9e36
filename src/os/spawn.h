#pragma once

#include <sys/resource.h>
#include <sys/types.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "gaffer/process_template.h"
#include "gaffer/result.h"
#include "os/child.h"
#include "os/unique_fd.h"
#include "os/users.h"

namespace gaffer::os {

struct Cloned;
struct Handover;

/// Everything about a process to be made. All names are resolved: making it looks up nothing.
struct SpawnPlan {
  std::vector<std::string> argv;            ///< The program and its arguments; at least one word.
  std::vector<std::string> environment;     ///< NAME=value, all of it: nothing is inherited.
  std::string directory;                    ///< Empty: where this process is.
  std::array<int, 3> stdio = {-1, -1, -1};  ///< What becomes descriptors 0, 1, 2; -1 is /dev/null.
  std::vector<int> further;                 ///< What becomes descriptors 3, 4 …

  /// \name For who holds it when this program has died. Making it needs none of them.
  /// @{
  std::array<int, 3> ours = {-1, -1, -1};  ///< Our ends of its streams; -1: none.
  std::uint64_t number = 0;                ///< gaffer's own pid, never used twice.
  std::string place;                       ///< Where the next one would be put: `web.2`.
  /// @}

  std::optional<Identity> identity;        ///< Empty: the same user and groups.
  std::optional<mode_t> file_mode_mask;    ///< Empty: the same umask.
  std::optional<rlim_t> descriptor_limit;  ///< The soft RLIMIT_NOFILE; empty: the same.

  /// By their names, `kResourceNames`. `nofile` here goes before `descriptor_limit`.
  std::map<std::string, ResourceLimit> limits;

  /// The directory of a cgroup v2 to begin in; -1: the cgroup of this process.
  int cgroup = -1;

  /// `stdio` is a terminal, which becomes the one of the process's session.
  bool has_terminal = false;

  /// \name Best effort: the process runs also where one is refused, see Child::refused. Empty is as
  /// this process.
  /// @{

  /// -20 (first) … 19. Where autogroups are on it counts among the processes of the session only,
  /// and every process made here begins a session: sched(7).
  std::optional<int> niceness;
  std::optional<IoPriority> io_priority;
  std::set<int> processors;  ///< Where it may run. Those that are not there count for nothing.
  std::optional<int> oom_score_adj;  ///< -1,000 (never killed) … 1,000.
  /// @}
};

/// What a process says of itself, to a parent that has not made it.
struct Announcement {
  int socket = -1;                    ///< Connected; sent to without waiting for anybody but room.
  std::span<const std::byte> record;  ///< One message.
};

/// A process that is a child of this one's parent.
struct Sibling {
  pid_t pid = -1;
  UniqueFd pidfd;
  std::vector<std::string> refused;  ///< As Child::refused.
};

/// Makes processes, at a cost that depends neither on this process's memory nor on how many
/// descriptors it has open.
///
/// Everything that can fail or allocate happens first. Between clone and execve the child makes raw
/// system calls only, in this order: a descriptor table of its own, session, standard descriptors,
/// terminal, priorities, limits, umask, directory, groups, user, close every other descriptor,
/// signal dispositions and mask, execve. A program without a slash is looked up in PATH of its own
/// environment.
///
/// With a cgroup it is born there. Where clone3 cannot do that, it goes there before all else.
class Spawner {
 public:
  static Result<Spawner> create();
  Spawner(Spawner&& other) noexcept;
  Spawner& operator=(Spawner&&) = delete;
  Spawner(const Spawner&) = delete;
  Spawner& operator=(const Spawner&) = delete;
  ~Spawner();

  /// Starts a process as the leader of its own session and group. It sees descriptors 0, 1, 2
  /// and the `further` ones and no other, no signal is blocked or ignored. When this returns it runs its program, unless
  /// somebody has killed it before.
  /// ERRORS: what clone or the failing step says, named: `cannot execute X: no such file or
  /// directory`, `cannot change to directory D: …`, `cannot limit nofile to 100000: operation not
  /// permitted`. Nothing is left behind then.
  Result<Child> spawn(const SpawnPlan& plan);

  /// The same, but it becomes a child of this process's parent (CLONE_PARENT), who is told so by the
  /// process itself before it executes its program.
  /// ERRORS: as `spawn`. Then it is the parent who reaps what had begun, if it had been announced.
  Result<Sibling> spawn_sibling(const SpawnPlan& plan, const Announcement& announcement);

 private:
  Spawner() = default;
  Result<void> lend(const SpawnPlan& plan);
  void take_back();
  Result<Sibling> make(const SpawnPlan& plan, const Announcement& announcement,
                       std::optional<Error>& failure);
  Result<Cloned> clone(const SpawnPlan& plan, Handover& handover);

  UniqueFd null_;
  // Low numbers kept for what becomes descriptors 0, 1 and 2 of a child, /dev/null in between: the
  // child copies the table up to the highest of them only, however many lie above.
  std::array<UniqueFd, 3> lent_;
  std::span<std::byte> mapping_;  // A guard page, and the stack of children above it.
  bool has_close_range_ = false;  // Linux 5.9; older container filters refuse it too.
};

}  // namespace gaffer::os
