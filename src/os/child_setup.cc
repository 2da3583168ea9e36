#include "os/child_setup.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

// The child shares our memory but runs on a stack that no sanitizer knows.
#define GAFFER_IN_CHILD \
  __attribute__((no_sanitize("address"), no_sanitize("thread"), no_sanitize("undefined")))

namespace gaffer::os {
namespace {

static_assert(sizeof(long) == 8, "the raw calls below are those of 64 bits");
constexpr std::size_t kKernelSignalSetBytes = 8;
constexpr int kSignals = 64;
constexpr int kIoPriorityOfProcess = 1;  // IOPRIO_WHO_PROCESS of linux/ioprio.h

GAFFER_IN_CHILD bool note(Handover& handover, Step step) {
  handover.failed = step;
  handover.error = errno;
  return false;
}

// The table is shared with the parent until here, so nothing may touch it before. Linux 5.9 copies
// only the entries below `beyond`, which is what makes a spawn cheap with thousands of descriptors
// open.
GAFFER_IN_CHILD bool own_descriptors(int beyond) {
  constexpr unsigned kUnshare = 1U << 1;  // CLOSE_RANGE_UNSHARE
  return syscall(SYS_close_range, beyond, ~0U, kUnshare) == 0;
}

GAFFER_IN_CHILD bool place_streams(const Handover& handover) {
  int number = 0;
  for (const int stream : handover.stdio) {
    if (syscall(SYS_dup3, stream, number++, 0) < 0) return false;
  }
  for (const int stream : handover.further) {
    if (syscall(SYS_dup3, stream, number++, 0) < 0) return false;
  }
  return true;
}

// A child of vfork has a value of its own already, although it shares our memory: __set_oom_adj of
// fs/proc/base.c leaves alone who has `vfork_done`.
GAFFER_IN_CHILD int set_oom_score_adj(std::string_view value) {
  const auto file = static_cast<int>(
      syscall(SYS_openat, AT_FDCWD, "/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC));
  if (file < 0) return errno;
  const int failure = syscall(SYS_write, file, value.data(), value.size()) < 0 ? errno : 0;
  syscall(SYS_close, file);
  return failure;
}

GAFFER_IN_CHILD void ask_favours(Handover& handover) {
  Refusals& refused = handover.refused;
  if (handover.niceness && syscall(SYS_setpriority, PRIO_PROCESS, 0, *handover.niceness) != 0) {
    refused.niceness = errno;
  }
  if (handover.io_priority &&
      syscall(SYS_ioprio_set, kIoPriorityOfProcess, 0, *handover.io_priority) != 0) {
    refused.io_priority = errno;
  }
  if (!handover.processors.empty() &&
      syscall(SYS_sched_setaffinity, 0, handover.processors.size_bytes(),
              handover.processors.data()) != 0) {
    refused.processors = errno;
  }
  if (!handover.oom_score_adj.empty()) {
    refused.oom_score_adj = set_oom_score_adj(handover.oom_score_adj);
  }
}

GAFFER_IN_CHILD bool limit_descriptors(rlim_t soft) {
  rlimit limit{};
  if (syscall(SYS_prlimit64, 0, RLIMIT_NOFILE, nullptr, &limit) != 0) return false;
  limit.rlim_cur = soft < limit.rlim_max ? soft : limit.rlim_max;
  return syscall(SYS_prlimit64, 0, RLIMIT_NOFILE, &limit, nullptr) == 0;
}

GAFFER_IN_CHILD bool limit_resources(Handover& handover) {
  if (handover.descriptor_limit && !limit_descriptors(*handover.descriptor_limit)) {
    handover.failed_limit = handover.limits.size();
    return note(handover, Step::Limit);
  }
  for (std::size_t i = 0; i < handover.limits.size(); ++i) {
    const NumberedLimit& wanted = handover.limits[i];
    if (syscall(SYS_prlimit64, 0, wanted.resource, &wanted.limit, nullptr) == 0) continue;
    handover.failed_limit = i;
    return note(handover, Step::Limit);
  }
  return true;
}

// Groups, then group, then user: any other order keeps or loses a right. By raw system call,
// because glibc would tell the other threads it sees in the shared memory to change too.
GAFFER_IN_CHILD bool become(const Identity& who, Handover& handover) {
  if (syscall(SYS_setgroups, who.groups.size(), who.groups.data()) != 0 ||
      syscall(SYS_setresgid, who.group, who.group, who.group) != 0) {
    return note(handover, Step::Groups);
  }
  if (syscall(SYS_setresuid, who.user, who.user, who.user) != 0) return note(handover, Step::User);
  return true;
}

GAFFER_IN_CHILD void close_others(const Handover& handover) {
  const int first = 3 + static_cast<int>(handover.further.size());
  if (handover.shares_table) {
    syscall(SYS_close_range, first, ~0U, 0U);
    return;
  }
  for (int fd = first; fd <= handover.highest_open; ++fd)
    syscall(SYS_close, fd);
}

GAFFER_IN_CHILD void reset_signals() {
  // The kernel's sigaction of all zeros: SIG_DFL, no flags, empty mask.
  struct {
    unsigned long words[4];
  } const default_action{};
  for (int signal = 1; signal <= kSignals; ++signal) {
    syscall(SYS_rt_sigaction, signal, &default_action, nullptr, kKernelSignalSetBytes);
  }
  const unsigned long none = 0;
  syscall(SYS_rt_sigprocmask, SIG_SETMASK, &none, nullptr, kKernelSignalSetBytes);
}

// Tries each candidate as execvp(3) does: one that is not there gives way to the next, and one that
// may not be executed is what is reported if no other works.
GAFFER_IN_CHILD bool execute(Handover& handover) {
  int refused = 0;
  for (const char* const* path = handover.candidates; *path; ++path) {
    syscall(SYS_execve, *path, handover.argv, handover.environment);
    if (errno == EACCES) refused = EACCES;
    if (errno != ENOENT && errno != ENOTDIR && errno != EACCES) break;
  }
  if (refused != 0 && (errno == ENOENT || errno == ENOTDIR)) errno = refused;
  return note(handover, Step::Execute);
}

// Before the table is its own: that has no such socket in it, so the parent's end of it tells who
// listens that nobody is left who could still announce himself.
GAFFER_IN_CHILD bool announce(Handover& handover) {
  if (handover.announce_on < 0) return true;
  if (syscall(SYS_sendto, handover.announce_on, handover.announcement.data(),
              handover.announcement.size(), MSG_NOSIGNAL, nullptr, 0) < 0) {
    return note(handover, Step::Announcement);
  }
  handover.is_announced = true;
  return true;
}

// Whose the child is: its cgroup, its descriptors, its session and terminal.
GAFFER_IN_CHILD bool settle_in(Handover& handover) {
  if (!announce(handover)) return false;
  // "0" is who writes: cgroups(7).
  if (handover.cgroup_members >= 0 && syscall(SYS_write, handover.cgroup_members, "0", 1) < 0) {
    return note(handover, Step::Cgroup);
  }
  if (handover.shares_table && !own_descriptors(handover.beyond_streams)) {
    return note(handover, Step::Table);
  }
  if (syscall(SYS_setsid) < 0) return note(handover, Step::Session);
  if (!place_streams(handover)) return note(handover, Step::Stdio);
  if (handover.has_terminal && syscall(SYS_ioctl, 0, TIOCSCTTY, 0) != 0) {
    return note(handover, Step::Terminal);
  }
  return true;
}

GAFFER_IN_CHILD bool prepare_and_execute(Handover& handover) {
  if (!settle_in(handover)) return false;
  // Before the limits, because one of these needs a descriptor.
  ask_favours(handover);
  // Before the user: only now may a hard limit be raised, and setresuid and execve hold the new
  // user against the new RLIMIT_NPROC (EAGAIN of execve(2)).
  if (!limit_resources(handover)) return false;
  if (handover.file_mode_mask) syscall(SYS_umask, *handover.file_mode_mask);
  // The directory before the user: it may be one that only we can enter, like a service's in /root.
  if (handover.directory && syscall(SYS_chdir, handover.directory) != 0) {
    return note(handover, Step::Directory);
  }
  if (handover.identity && !become(*handover.identity, handover)) return false;
  close_others(handover);
  reset_signals();
  return execute(handover);
}

}  // namespace

GAFFER_IN_CHILD int set_up_and_execute(void* handover) {
  prepare_and_execute(*static_cast<Handover*>(handover));
  return 127;
}

}  // namespace gaffer::os
