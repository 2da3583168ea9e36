#pragma once

#include <functional>

#include "core/process/local_launcher.h"
#include "gaffer/result.h"
#include "uv/loop.h"
#include "uv/signal_watch.h"
#include "uv/timer.h"

namespace gaffer {

/// For a program that is a process manager and nothing else: orphans of its processes become its
/// own children, PR_SET_CHILD_SUBREAPER in prctl(2), so that they stay below it in the tree, and
/// those that end are reaped. Needed as PID 1 of a container, where all orphans arrive anyway. A
/// library must not do this to its host.
class OrphanReaper {
 public:
  /// LIFETIME: `loop` and `launcher` outlive this.
  OrphanReaper(uv::Loop& loop, const LocalLauncher& launcher);

 private:
  void reap();

  const LocalLauncher& launcher_;
  uv::Timer timer_;
  uv::SignalWatch child_ended_;
};

}  // namespace gaffer
