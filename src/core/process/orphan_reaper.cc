#include "core/process/orphan_reaper.h"

#include <chrono>
#include <csignal>

#include "os/orphans.h"

namespace gaffer {
namespace {

// Many end together; nobody waits for an orphan.
constexpr std::chrono::milliseconds kPause{100};

}  // namespace

OrphanReaper::OrphanReaper(uv::Loop& loop, const LocalLauncher& launcher)
    : launcher_(launcher), timer_(loop), child_ended_(loop, SIGCHLD, [this] {
        if (!timer_.is_armed()) timer_.start(kPause, [this] { reap(); });
      }) {
  os::adopt_orphans();
}

void OrphanReaper::reap() {
  os::reap_orphans([this](pid_t pid) { return launcher_.has_made(pid); });
}

}  // namespace gaffer
