#include "os/orphans.h"

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "os/proc_fs.h"

namespace gaffer::os {

// Since Linux 3.4; it fails on nothing else.
void adopt_orphans() { ::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); }

// By number and not `waitpid(-1)`: the exits of the others are theirs to take.
void reap_orphans(const std::function<bool(pid_t)>& is_ours) {
  for (const pid_t pid : children_of(::getpid())) {
    if (!is_ours(pid)) ::waitpid(pid, nullptr, WNOHANG);
  }
}

}  // namespace gaffer::os
