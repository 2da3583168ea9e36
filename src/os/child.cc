#include "os/child.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdint>

#include "os/proc_fs.h"

namespace gaffer::os {
namespace {

// linux/pidfd.h of Linux 6.9; Debian 12's headers are older.
constexpr unsigned kSignalProcessGroup = 1U << 2;

// linux/pidfd.h of Linux 6.15.
struct PidfdInfo {
  std::uint64_t mask;
  std::uint64_t cgroup;
  std::array<std::uint32_t, 11> ids;
  std::int32_t exit_code;
};
static_assert(sizeof(PidfdInfo) == 64);
constexpr std::uint64_t kInfoExit = 1U << 3;
constexpr unsigned long kGetInfo = _IOWR(0xFF, 11, PidfdInfo);

// 0 or an errno.
int signal_group_by_pidfd(int pidfd, int signal) {
  const long done = syscall(SYS_pidfd_send_signal, pidfd, signal, nullptr, kSignalProcessGroup);
  return done == 0 ? 0 : errno;
}

ExitStatus status_of(const siginfo_t& info) {
  if (info.si_code == CLD_EXITED) return {.code = info.si_status};
  return {.signal = info.si_status, .dumped_core = info.si_code == CLD_DUMPED};
}

}  // namespace

Child::~Child() {
  if (pid_ < 0 || is_let_go_) return;
  const auto killed = signal_group(SIGKILL);
  // Who may not be killed, such as a program of another user, is left to itself: it may live for
  // ever.
  if (killed || killed.error().code == Errc::NotFound) reap();
}

Result<std::optional<ExitStatus>> Child::exit_status() const {
  siginfo_t info{};
  // Waiting by pid is safe: nobody else reaps this child, so the number is still its own.
  if (waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT) != 0) {
    return os_error("cannot wait for process " + std::to_string(pid_), errno);
  }
  if (info.si_pid == 0) return std::nullopt;
  return status_of(info);
}

std::optional<ExitStatus> Child::status_by_pidfd() const {
  PidfdInfo info{};
  info.mask = kInfoExit;
  if (::ioctl(pidfd_.get(), kGetInfo, &info) != 0 || (info.mask & kInfoExit) == 0)
    return std::nullopt;
  if (WIFEXITED(info.exit_code)) return ExitStatus{.code = WEXITSTATUS(info.exit_code)};
  return ExitStatus{.signal = WTERMSIG(info.exit_code),
                    .dumped_core = WCOREDUMP(info.exit_code) != 0};
}

bool Child::may_be_reaped() const {
  if (is_ours_) return false;
  pollfd ended{pidfd_.get(), POLLIN, 0};
  return ::poll(&ended, 1, 0) != 0;
}

Result<void> Child::signal_group(int signal) const {
  int failure = 0;
  if (!reaped_ && is_ours_) {
    failure = ::kill(-pid_, signal) == 0 ? 0 : errno;
  } else if (failure = signal_group_by_pidfd(pidfd_.get(), signal); failure == EINVAL) {
    return signal_group_members(pid_, signal);
  }
  if (failure == 0) return {};
  return os_error("cannot signal process group " + std::to_string(pid_), failure);
}

bool Child::has_survivors() {
  reap();  // A zombie is a member of its group too.
  int failure = signal_group_by_pidfd(pidfd_.get(), 0);
  // Where the number must do: signal 0 hurts nobody, should it have been given away meanwhile.
  if (failure == EINVAL) failure = ::kill(-pid_, 0) == 0 ? 0 : errno;
  if (failure == ESRCH) return false;
  // Somebody is there. Only a look can tell the living from zombies; if none can be had, they live.
  const auto living = living_member(pid_, known_survivor_);
  known_survivor_ = living.value_or(0);
  return !living || known_survivor_ != 0;
}

void Child::reap() {
  if (std::exchange(reaped_, true) || !is_ours_) return;
  siginfo_t info{};
  while (waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED) != 0 && errno == EINTR) {
  }
}

}  // namespace gaffer::os
