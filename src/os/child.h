#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "gaffer/exit_status.h"
#include "gaffer/result.h"
#include "os/unique_fd.h"

namespace gaffer::os {

/// A process that this one started as leader of its own process group, with that group.
///
/// A signal sent here reaches nobody else, whatever pids have been reused meanwhile:
/// (a) until it is reaped, the leader or its zombie keeps the group's number taken;
/// (b) afterwards the pidfd stands for this very group (Linux 6.9, PIDFD_SIGNAL_PROCESS_GROUP);
/// (c) on older kernels its members are looked up and signalled one by one, each by a pidfd of its
/// own. Nobody else in this program may wait for the process (no `waitpid(-1)`).
class Child {
 public:
  Child(pid_t pid, UniqueFd pidfd, std::vector<std::string> refused = {})
      : pid_(pid), pidfd_(std::move(pidfd)), refused_(std::move(refused)) {}

  /// A child of this process's parent, who reaps it: its end is told by him.
  static Child of_parent(pid_t pid, UniqueFd pidfd, std::vector<std::string> refused) {
    Child child(pid, std::move(pidfd), std::move(refused));
    child.is_ours_ = false;
    return child;
  }

  Child(Child&& other) noexcept
      : pid_(std::exchange(other.pid_, -1)),
        pidfd_(std::move(other.pidfd_)),
        refused_(std::move(other.refused_)),
        is_ours_(other.is_ours_),
        reaped_(other.reaped_),
        is_let_go_(other.is_let_go_) {}
  Child& operator=(Child&&) = delete;
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  /// Ends what is left: SIGKILL to the group, then waits for the leader, so that no zombie stays.
  /// One that may not be killed, or was let go, is left.
  ~Child();

  [[nodiscard]] pid_t pid() const { return pid_; }

  /// What it was to get as a best effort and does not have, with the reason, for people:
  /// `nice -5 refused: permission denied`.
  [[nodiscard]] const std::vector<std::string>& refused() const { return refused_; }

  /// Readable from the leader's exit on. Valid as long as this object.
  [[nodiscard]] int exit_fd() const { return pidfd_.get(); }

  /// Somebody else may reap it at any moment, or has.
  [[nodiscard]] bool may_be_reaped() const;

  /// How the leader ended; nothing while it runs. Does not reap. REQUIRES: it is a child of ours.
  /// ERRORS: NotFound, when somebody else has waited for it and its status is lost.
  [[nodiscard]] Result<std::optional<ExitStatus>> exit_status() const;

  /// The same of a child of somebody else, once he has reaped it: Linux 6.15, PIDFD_GET_INFO.
  /// Nothing before, and on older kernels ever.
  [[nodiscard]] std::optional<ExitStatus> status_by_pidfd() const;

  /// Signals every process of the group; 0 only asks whether one is there.
  /// ERRORS: NotFound when none is left, PermissionDenied.
  [[nodiscard]] Result<void> signal_group(int signal) const;

  /// Reaps the leader and tells whether anybody of its group is still alive. Two system calls if
  /// none is left; a look through /proc if there are some.
  /// REQUIRES: the leader has exited, and its status has been asked for.
  [[nodiscard]] bool has_survivors();

  /// Waits for the leader: its number may then be given away, and no zombie is left.
  void reap();

  /// From now on its end is its own: the destructor neither signals nor waits.
  void let_go() { is_let_go_ = true; }

 private:
  pid_t pid_;
  UniqueFd pidfd_;
  std::vector<std::string> refused_;
  bool is_ours_ = true;
  bool reaped_ = false;
  bool is_let_go_ = false;
  pid_t known_survivor_ = 0;
};

}  // namespace gaffer::os
