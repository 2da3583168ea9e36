#include "keeper/server/keeper.h"

#include <errno.h>
#include <linux/signalfd.h>
#include <sys/wait.h>

#include "keeper/server/kernel.h"
#include "keeper/server/report.h"

namespace gaffer::keeper {
namespace {

constexpr std::uint64_t kMicrosecondsPerSecond = 1'000'000;

std::uint64_t microseconds(const timeval& time) {
  return static_cast<std::uint64_t>(time.tv_sec) * kMicrosecondsPerSecond +
         static_cast<std::uint64_t>(time.tv_usec);
}

Ending ending_of(const siginfo_t& info, const rusage& used) {
  const bool has_exited = info.si_code == CLD_EXITED;
  return {.code = has_exited ? info.si_status : 0,
          .signal = has_exited ? 0 : info.si_status,
          .dumped_core = info.si_code == CLD_DUMPED ? 1U : 0U,
          .max_resident_kib = static_cast<std::uint32_t>(used.ru_maxrss),
          .user_us = microseconds(used.ru_utime),
          .system_us = microseconds(used.ru_stime),
          .ended_ns = kernel::now()};
}

}  // namespace

int Keeper::run() {
  while (true) {
    if (const auto code = turn()) return *code;
  }
}

std::optional<int> Keeper::turn() {
  std::array<pollfd, 2> wanted{pollfd{state_.signals, POLLIN, 0},
                               pollfd{state_.brain.socket, POLLIN, 0}};
  if (is_socket_full_) wanted[1].events |= POLLOUT;
  kernel::poll(wanted, has_child_ended_ ? 0 : time_to_wait());
  if ((wanted[0].revents & POLLIN) != 0) read_signals();
  // What a child says of itself before its end: else nobody knows whose end it is.
  if (wanted[1].revents != 0) listen();
  if (has_child_ended_) reap();
  look_at_clock();
  if (!exit_code_) tell();
  return exit_code_;
}

std::int64_t Keeper::time_to_wait() const {
  std::uint64_t next = 0;
  for (const std::uint64_t moment :
       {state_.start_at_ns, state_.brain.answer_by_ns, send_again_at_}) {
    if (moment != 0 && (next == 0 || moment < next)) next = moment;
  }
  if (next == 0) return -1;
  const std::uint64_t now = kernel::now();
  return next > now ? static_cast<std::int64_t>(next - now) : 0;
}

void Keeper::read_signals() {
  std::array<signalfd_siginfo, 8> signals{};
  while (true) {
    const long got =
        kernel::read(state_.signals, {reinterpret_cast<char*>(signals.data()), sizeof(signals)});
    if (got <= 0) return;
    const auto count = static_cast<std::size_t>(got) / sizeof(signalfd_siginfo);
    for (const signalfd_siginfo& one : std::span(signals).first(count)) {
      if (one.ssi_signo == SIGCHLD) {
        has_child_ended_ = true;  // Or several: of signals that wait together one is told.
      } else {
        forward(static_cast<int>(one.ssi_signo));
      }
    }
  }
}

// Before it is ready a gafferd would die of it, and be started again.
void Keeper::forward(int signal) {
  const bool is_up = state_.brain.is_ready || !state_.was_ever_ready;
  if (is_up && state_.brain.pid != 0) {
    kernel::kill(state_.brain.pid, signal);
  } else {
    state_.signal_to_forward = signal;
  }
}

void Keeper::look_at_clock() {
  if (state_.start_at_ns == 0 && state_.brain.answer_by_ns == 0 && send_again_at_ == 0) return;
  const std::uint64_t now = kernel::now();
  if (send_again_at_ != 0 && now >= send_again_at_) send_again_at_ = 0;
  if (state_.start_at_ns != 0 && now >= state_.start_at_ns) start_brain();
  Brain& brain = state_.brain;
  if (brain.answer_by_ns == 0 || now < brain.answer_by_ns) return;
  Report() << "gafferd has not answered for " << settings_.watchdog_ns / kSecond
           << " s and is killed";
  brain.answer_by_ns = 0;
  brain.is_hung = true;
  kernel::kill(brain.pid, SIGKILL);
}

void Keeper::reap() {
  has_child_ended_ = false;
  look_whether_stopped();
  while (!exit_code_) {
    siginfo_t ended{};
    rusage used{};
    if (kernel::wait_for_end(0, kernel::Reap::No, ended, used) < 0 || ended.si_pid == 0) return;
    if (ended.si_pid == state_.brain.pid) {
      brain_ended(ended);
    } else {
      reap(ended, used);
    }
  }
}

void Keeper::reap(const siginfo_t& ended, const rusage& used) {
  Row* row = state_.table.find_running(ended.si_pid);
  if (!row) {
    // It may have said so and ended since we have listened.
    listen();
    row = state_.table.find_running(ended.si_pid);
  }
  const Ending ending = ending_of(ended, used);  // Its number is its own until then, and longer.
  // As long as it is not reaped its number, and that of its group, belongs to nobody else.
  if (row && (row->treatment & kEndGroup) != 0) kernel::kill(-ended.si_pid, SIGKILL);
  siginfo_t info{};
  rusage ignored{};
  kernel::wait_for_end(ended.si_pid, kernel::Reap::Yes, info, ignored);
  if (!row) {
    ++state_.orphan_count;
    state_.orphan_pid = ended.si_pid;
    return;
  }
  state_.table.end(*row, ending);
  if (row->is_dropped) state_.table.remove(*row);
}

void Keeper::look_whether_stopped() {
  siginfo_t info{};
  if (state_.brain.pid == 0) return;
  kernel::wait_for_stop(state_.brain.pid, info);
  if (info.si_pid != 0 && info.si_code == CLD_STOPPED) want_answer();
}

}  // namespace gaffer::keeper
