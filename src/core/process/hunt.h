#pragma once

#include <sys/types.h>

#include <chrono>
#include <unordered_set>
#include <vector>

#include "base/clock.h"
#include "gaffer/result.h"
#include "os/descendants.h"
#include "uv/loop.h"
#include "uv/timer.h"

namespace gaffer {

/// The looks through the system's processes that all processes of a launcher share, and the hunt
/// for what processes that are gone have left behind.
class Hunt {
 public:
  /// `root` is whose descendants are looked for: this process, or its parent whose children are
  /// launched.
  Hunt(uv::Loop& loop, pid_t root) : root_(root), timer_(loop) {}
  Hunt(const Hunt&) = delete;
  Hunt& operator=(const Hunt&) = delete;

  /// Ends what is still hunted: some 20 looks at most, which may take tens of milliseconds.
  ~Hunt();

  /// Says that a process is a leader of ours, which the looks need not look at.
  void add_leader(pid_t leader) { leaders_.insert(leader); }
  void remove_leader(pid_t leader) { leaders_.erase(leader); }
  [[nodiscard]] bool has_leader(pid_t leader) const { return leaders_.contains(leader); }

  /// A look at all processes that is younger than `since`; null when the last one was so short a
  /// time ago that another would be too dear: they take a quarter of the time at most, however many processes
  /// ask. Valid until the next call.
  /// ERRORS: as os::look_at_processes.
  Result<const os::ProcessTable*> look_since(Moment since);

  /// Kills who is left of the tree of a leader that has ended: not at once, lest it delay what is
  /// started in his place, but within some 20 ms. Who may not be killed is left after some seconds.
  void pursue(os::Tree tree);

 private:
  struct Pursuit {
    os::Tree tree;
    int looks = 0;
  };
  void look_after(std::chrono::milliseconds pause);
  void kill_who_is_left(const os::ProcessTable& table);

  const pid_t root_;
  std::unordered_set<pid_t> leaders_;
  os::Strangers strangers_;
  os::ProcessTable table_;
  Moment taken_{};
  Moment next_look_{};
  std::vector<Pursuit> pursuits_;
  Moment news_{};  // A look before it says nothing about some pursuit.
  std::chrono::milliseconds pause_{0};
  uv::Timer timer_;
};

}  // namespace gaffer
