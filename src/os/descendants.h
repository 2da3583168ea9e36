#pragma once

#include <sys/types.h>

#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "gaffer/result.h"
#include "os/proc_fs.h"
#include "os/unique_fd.h"

/// \file
/// Who belongs to a process of ours, also when he has left its group with setsid(2) or lost his
/// parent in a double fork.

namespace gaffer::os {

/// The variable that a process is started with and its descendants inherit.
constexpr std::string_view kTreeVariable = "GAFFER_TREE";

/// A process as a look at all of them saw it.
struct SeenProcess {
  ProcStat stat;
  /// Its kTreeVariable when it executed its program, /proc/PID/environ in proc(5). Empty without
  /// one, or where it may not be read: that of another user, if this is not root.
  std::string mark;
};

/// Everybody who may descend from this process.
using ProcessTable = std::vector<SeenProcess>;

/// Processes whose environment has been read and has no mark, by pid with their start: it need not
/// be read again.
using Strangers = std::unordered_map<pid_t, std::uint64_t>;

/// Looks at all processes that are younger than `root`, whose descendants they may be (0: this process), but for `leaders`: processes whose
/// sessions are their own, and of whom the caller knows himself whether they live. Those who appear
/// meanwhile are looked for again, at most three times. Costs about 1 µs a process, 5 µs more for
/// each that is no leader, and 10 µs more where its mark is read: in the leaders' sessions nobody's
/// is.
/// ERRORS: when /proc cannot be looked through.
Result<ProcessTable> look_at_processes(const std::unordered_set<pid_t>& leaders,
                                       Strangers& strangers, pid_t root = 0);

/// A process that leads its own session, with all its descendants. The *strays* are those that have
/// left its group.
///
/// A member is told by one of these:
///  (a) its session is that of the leader, as long as that number cannot belong to somebody else;
///  (b) it has the mark, or one that begins with the mark and a slash: that of a gaffer below;
///  (c) it was remembered, and is held by a pidfd since;
///  (d) it is a child of a member.
/// Who left the session, was orphaned before anybody looked, and executed a program without the
/// mark belongs to nobody: only a cgroup holds such a one.
///
/// A signal reaches members only. Each is held by a pidfd first, and then looked at again: what
/// /proc says about a number is true of the process that is held as long as that is not reaped.
class Tree {
 public:
  /// Without a mark nobody is told by (b).
  Tree(pid_t leader, std::string mark) : leader_(leader), mark_(std::move(mark)) {}

  /// Remembers the descendants that have left the session, at most 256, while their parents live.
  /// Costs about 20 µs for a process without children. REQUIRES: the leader is not reaped.
  void remember_strays();

  /// Says that the number of the leader may be given away from now on.
  void leader_will_be_reaped();

  /// Whether a member lives, but for the leader. A zombie does not.
  [[nodiscard]] bool is_alive(const ProcessTable& table) const;

  void signal_strays(const ProcessTable& table, int signal) const;

  /// A step towards the end of all strays, to be repeated with a new table until nobody is alive.
  /// First those are stopped that run, so that nobody can fork while others are killed; when a look
  /// finds none that runs, or after 16 steps, all are killed. At most 256 in one step: about 8 ms.
  void kill_strays(const ProcessTable& table);

 private:
  using Members = std::vector<const SeenProcess*>;

  [[nodiscard]] Members strays(const ProcessTable& table) const;
  [[nodiscard]] Members members(const ProcessTable& table) const;
  [[nodiscard]] bool is_in_session(const ProcStat& stat) const;
  [[nodiscard]] bool is_known(const SeenProcess& seen) const;
  [[nodiscard]] bool is_member(pid_t pid, const UniqueFd& held, int depth) const;
  void remember_children(pid_t parent, const UniqueFd& held, int& budget);
  void send(pid_t pid, int signal) const;

  pid_t leader_;
  std::string mark_;
  std::uint64_t number_is_ours_until_ = std::numeric_limits<std::uint64_t>::max();  // In ticks.
  std::map<pid_t, UniqueFd> remembered_;
  int steps_ = 0;
};

}  // namespace gaffer::os
