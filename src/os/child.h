#pragma once

#include <sys/types.h>

#include <optional>

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
  Child(pid_t pid, UniqueFd pidfd) : pid_(pid), pidfd_(std::move(pidfd)) {}
  Child(Child&& other) noexcept
      : pid_(std::exchange(other.pid_, -1)),
        pidfd_(std::move(other.pidfd_)),
        reaped_(other.reaped_) {}
  Child& operator=(Child&&) = delete;
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  /// Ends what is left: SIGKILL to the group, then waits for the leader, so that no zombie stays.
  /// One that may not be killed is left.
  ~Child();

  [[nodiscard]] pid_t pid() const { return pid_; }

  /// Readable from the leader's exit on. Valid as long as this object.
  [[nodiscard]] int exit_fd() const { return pidfd_.get(); }

  /// How the leader ended; nothing while it runs. Does not reap.
  /// ERRORS: NotFound, when somebody else has waited for it and its status is lost.
  [[nodiscard]] Result<std::optional<ExitStatus>> exit_status() const;

  /// Signals every process of the group; 0 only asks whether one is there.
  /// ERRORS: NotFound when none is left, PermissionDenied.
  [[nodiscard]] Result<void> signal_group(int signal) const;

  /// Reaps the leader and tells whether anybody of its group is still alive. Two system calls if
  /// none is left; a look through /proc if there are some.
  /// REQUIRES: the leader has exited, and its status has been asked for.
  [[nodiscard]] bool has_survivors();

 private:
  void reap();

  pid_t pid_;
  UniqueFd pidfd_;
  bool reaped_ = false;
  pid_t known_survivor_ = 0;
};

}  // namespace gaffer::os
