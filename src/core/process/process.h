#pragma once

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>

#include "core/process/launcher.h"
#include "core/stream/output.h"
#include "gaffer/exit_status.h"
#include "gaffer/result.h"
#include "uv/timer.h"

namespace gaffer {

/// One OS process with its group, from its start to the end of the last of the group.
///
///     running ──stop──▶ stopping ──time is up──▶ killed
///        │                 │                        │
///        └──── leader ends, group is empty ─────────┴──▶ gone
///
/// A leader that ends by itself takes its group along: what it leaves is killed, because it would
/// hold the ports that the next process needs. A leader that ends because it was asked to leaves
/// the others the rest of their time; with `sh -c 'a; b'` the leader is only the shell.
class Process {
 public:
  using OnGone = std::function<void(ExitStatus)>;

  /// Starts a process whose standard output and error go to `output`, in the order of its writes.
  /// Sets `plan.stdio` for that.
  /// CALLS: `on_gone` once on a later turn, when nobody of the group is left and everything that
  /// had been written by then is in `output`; not once this was destroyed.
  /// LIFETIME: `output` outlives this.
  static Result<std::unique_ptr<Process>> start(uv::Loop& loop, Launcher& launcher,
                                                os::SpawnPlan plan, stream::Output& output,
                                                OnGone on_gone);

  [[nodiscard]] pid_t os_pid() const { return launched_->os_pid(); }

  /// Asks the group to end: `signal`, and SIGCONT for those that are stopped; SIGKILL when
  /// `patience` is over. Asked again, the earlier deadline stays.
  /// ERRORS: PermissionDenied when nobody of the group may be signalled: then it goes on.
  Result<void> stop(int signal, std::chrono::milliseconds patience);

  /// Ends the group now. ERRORS: as `stop`.
  Result<void> kill();

 private:
  Process(uv::Loop& loop, stream::Output& output, OnGone on_gone);
  Result<void> signal_group(int signal);
  void leader_exited(ExitStatus status);
  void look_for_survivors(std::chrono::milliseconds next_look);

  stream::Output& output_;
  OnGone on_gone_;
  bool is_stopping_ = false;
  std::optional<ExitStatus> status_;  // Of the leader, once it has ended.
  uv::Timer deadline_;
  uv::Timer look_again_;
  std::unique_ptr<LaunchedProcess> launched_;
};

}  // namespace gaffer
