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

#include "core/process/launcher.h"
#include "core/process/streams.h"
#include "core/stream/input.h"
#include "gaffer/exit_status.h"
#include "gaffer/result.h"
#include "uv/timer.h"

namespace gaffer {

/// One OS process with its tree, from its start to the end of the last of them.
///
///     running ──stop──▶ stopping ──time is up──▶ killed
///        │                 │                        │
///        └──── leader ends, nobody is left ─────────┴──▶ gone
///
/// A leader that ends by itself takes its group along: what it leaves is killed, because it would
/// hold the ports that the next process needs. It is gone then; those of its tree that have left
/// the group are killed soon afterwards. A leader that ends because it was asked to leaves the
/// others the rest of their time, with `sh -c 'a; b'` the leader is only the shell; who has left
/// the group is asked then, too, and it is gone when nobody of the whole tree is left.
///
/// One that was let go is gone when it ends by itself: nobody else is signalled or waited for.
class Process {
 public:
  using OnGone = std::function<void(ExitStatus)>;

  /// Starts a process, in `cgroup` if there is one, which then is its own. Sets `plan.stdio`,
  /// `plan.has_terminal` and `plan.cgroup`. Its environment should mark its tree, Launcher::launch.
  /// CALLS: `on_gone` once on a later turn, when it is gone and everything that had been written by
  /// then is in the outputs of `streams`; not once this was destroyed.
  /// LIFETIME: those outputs and `launcher` outlive this.
  static Result<std::unique_ptr<Process>> start(uv::Loop& loop, Launcher& launcher,
                                                os::SpawnPlan plan, ProcessStreams streams,
                                                OnGone on_gone,
                                                std::shared_ptr<const os::Cgroup> cgroup = nullptr);

  /// One that was left in a place, and how old it is.
  struct Resumed {
    std::unique_ptr<Process> process;
    std::chrono::nanoseconds age{};
  };
  /// Goes on with the process that an earlier life of this program has left in a place.
  /// REQUIRES: Launcher::number_left_in says that there is one.
  /// CALLS, LIFETIME: as `start`.
  static Result<Resumed> resume(uv::Loop& loop, Launcher& launcher, std::string_view place,
                                ProcessStreams streams, OnGone on_gone);

  [[nodiscard]] pid_t os_pid() const { return launched_->os_pid(); }

  /// Its standard input or its terminal; null where `streams` had neither.
  [[nodiscard]] stream::Input* input() const { return input_.get(); }

  /// Those of `streams.further`, in that order.
  [[nodiscard]] const std::vector<std::unique_ptr<stream::Input>>& further_inputs() const {
    return further_inputs_;
  }

  /// What it was to get as a best effort and does not have, as os::Child::refused.
  [[nodiscard]] const std::vector<std::string>& refused() const { return launched_->refused(); }

  /// Signals the group. One that is not there any more is no failure: its exit is on the way.
  /// ERRORS: PermissionDenied when nobody of the group may be signalled.
  Result<void> signal(int number);

  /// Asks the tree to end: `signal`, and SIGCONT for those that are stopped; SIGKILL when
  /// `patience` is over. Asked again, the earlier deadline stays.
  /// ERRORS: PermissionDenied when nobody of the group may be signalled: then it goes on.
  Result<void> stop(int signal, std::chrono::milliseconds patience);

  /// Ends the tree now. ERRORS: as `stop`.
  Result<void> kill();

  /// From now on it need not end with this: destroying this leaves it running.
  void let_go();

 private:
  Process(uv::Loop& loop, ProcessStreams streams, OnGone on_gone);
  Result<void> attach(StreamEnds& ends);
  Result<void> attach_further(std::vector<os::SocketPair>& pairs);
  void leader_exited(ExitStatus status);
  void look_for_survivors(std::chrono::milliseconds next_look);
  void gone();

  uv::Loop& loop_;
  ProcessStreams streams_;
  std::unique_ptr<stream::Input> input_;
  std::vector<std::unique_ptr<stream::Input>> further_inputs_;
  OnGone on_gone_;
  bool is_stopping_ = false;
  bool is_let_go_ = false;
  std::optional<ExitStatus> status_;     // Of the leader, once it has ended.
  std::optional<uv::Timer> deadline_;    // While it is being stopped.
  std::optional<uv::Timer> look_again_;  // Once the leader has ended and left somebody.
  std::unique_ptr<LaunchedProcess> launched_;
};

}  // namespace gaffer
