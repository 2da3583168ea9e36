#include "os/descendants.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <optional>

#include <time.h>

#include "os/files.h"

namespace gaffer::os {
namespace {

constexpr int kMaxPasses = 4;
constexpr int kMaxRemembered = 256;
constexpr int kMaxDepth = 64;
constexpr int kMaxSignalled = 256;
constexpr int kMaxSteps = 16;

UniqueFd hold(pid_t pid) { return UniqueFd(static_cast<int>(syscall(SYS_pidfd_open, pid, 0))); }

int send_signal(const UniqueFd& held, int signal) {
  return syscall(SYS_pidfd_send_signal, held.get(), signal, nullptr, 0) == 0 ? 0 : errno;
}

// As long as it is not reaped its number is its own.
bool is_there(const UniqueFd& held) { return held.is_open() && send_signal(held, 0) != ESRCH; }

bool is_living(const ProcStat& stat) { return stat.state != 'Z' && stat.state != 'X'; }

bool is_frozen(const ProcStat& stat) { return stat.state == 'T' || stat.state == 't'; }

std::string mark_in(std::string_view environment) {
  const std::string key = std::string(kTreeVariable) + "=";
  for (std::size_t at = 0; at < environment.size();) {
    const auto end = std::min(environment.find('\0', at), environment.size());
    const std::string_view entry = environment.substr(at, end - at);
    if (entry.starts_with(key)) return std::string(entry.substr(key.size()));
    at = end + 1;
  }
  return "";
}

// Nothing when the environment cannot be read.
std::optional<std::string> read_mark(pid_t pid) {
  // What execve(2) takes: three quarters of 8 MiB.
  constexpr std::size_t kMaxEnvironment = std::size_t{6} << 20;
  constexpr int kTries = 20;
  const std::string path = "/proc/" + std::to_string(pid) + "/environ";
  for (int i = 0; i < kTries; ++i) {
    const auto environment = read_file(path, kMaxEnvironment);
    if (!environment) return std::nullopt;
    if (!environment->empty()) return mark_in(*environment);
    // Nothing at all is what is read in the midst of execve, so that deserves another look
    // (environ_read in fs/proc/base.c).
    ::sched_yield();
  }
  return std::nullopt;
}

std::string mark_of(const ProcStat& stat, Strangers& strangers) {
  const auto known = strangers.find(stat.pid);
  if (known != strangers.end() && known->second == stat.start_ticks) return "";
  const auto mark = read_mark(stat.pid);
  if (mark && mark->empty()) strangers.insert_or_assign(stat.pid, stat.start_ticks);
  return mark.value_or("");
}

std::uint64_t ticks_since_boot() {
  static const auto ticks = static_cast<std::uint64_t>(::sysconf(_SC_CLK_TCK));
  constexpr std::uint64_t kNanoseconds = 1'000'000'000;
  timespec now{};
  ::clock_gettime(CLOCK_BOOTTIME, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * ticks +
         static_cast<std::uint64_t>(now.tv_nsec) / (kNanoseconds / ticks);
}

}  // namespace

Result<ProcessTable> look_at_processes(const std::unordered_set<pid_t>& leaders,
                                       Strangers& strangers, pid_t root) {
  constexpr pid_t kKernelThreads = 2;  // Their parent.
  GAFFER_TRY(const ProcStat oldest, read_proc_stat(root != 0 ? root : ::getpid()));
  const pid_t self = ::getpid();
  ProcessTable table;
  std::unordered_set<pid_t> seen;
  bool is_complete = false;
  // Who is forked behind the place that a look has reached, and his parent gone before the look
  // came to him, is found by the next.
  for (int pass = 0; pass < kMaxPasses && !is_complete; ++pass) {
    is_complete = true;
    GAFFER_TRY(each_pid([&](pid_t pid) {
      if (!seen.insert(pid).second) return;
      if (leaders.contains(pid)) return;
      const auto stat = read_proc_stat(pid);
      if (!stat || pid == self || pid == root || stat->parent == kKernelThreads) return;
      if (stat->start_ticks < oldest.start_ticks) return;
      is_complete = false;
      table.push_back({*stat, is_living(*stat) && !leaders.contains(stat->session)
                                  ? mark_of(*stat, strangers)
                                  : ""});
    }));
  }
  std::erase_if(strangers, [&](const auto& known) { return !seen.contains(known.first); });
  return table;
}

void Tree::remember_strays() {
  std::erase_if(remembered_, [](const auto& entry) { return !is_there(entry.second); });
  if (children_of(leader_).empty()) return;
  int budget = kMaxRemembered;
  remember_children(leader_, hold(leader_), budget);
}

void Tree::remember_children(pid_t parent, const UniqueFd& held, int& budget) {
  for (const pid_t pid : children_of(parent)) {
    if (--budget < 0) return;
    UniqueFd child = hold(pid);
    const auto stat = read_proc_stat(pid);
    if (!stat || stat->parent != parent || !is_there(held) || !is_there(child)) continue;
    remember_children(pid, child, budget);
    if (stat->session != leader_) remembered_.insert_or_assign(pid, std::move(child));
  }
}

void Tree::leader_will_be_reaped() {
  number_is_ours_until_ = std::min(number_is_ours_until_, ticks_since_boot());
}

bool Tree::is_alive(const ProcessTable& table) const { return !members(table).empty(); }

void Tree::signal_strays(const ProcessTable& table, int signal) const {
  for (const SeenProcess* stray : strays(table))
    send(stray->stat.pid, signal);
}

void Tree::kill_strays(const ProcessTable& table) {
  Members all = strays(table);
  std::reverse(all.begin(), all.end());  // Children before their parents, by whom they may be told.
  const bool have_all_stopped =
      std::ranges::all_of(all, [](const SeenProcess* stray) { return is_frozen(stray->stat); });
  const bool is_last_step = have_all_stopped || ++steps_ > kMaxSteps;
  if (is_last_step) steps_ = 0;
  int budget = kMaxSignalled;
  for (const SeenProcess* stray : all) {
    if (!is_last_step && is_frozen(stray->stat)) continue;
    if (--budget < 0) return;
    send(stray->stat.pid, is_last_step ? SIGKILL : SIGSTOP);
  }
}

Tree::Members Tree::strays(const ProcessTable& table) const {
  Members found = members(table);
  std::erase_if(found, [this](const SeenProcess* member) {
    return member->stat.group == leader_ && is_in_session(member->stat);
  });
  return found;
}

// Parents before their children, unless these are told by themselves.
Tree::Members Tree::members(const ProcessTable& table) const {
  Members found;
  std::unordered_set<pid_t> pids;
  const auto take = [&](const SeenProcess& seen) {
    if (pids.insert(seen.stat.pid).second) found.push_back(&seen);
  };
  for (const SeenProcess& seen : table) {
    if (is_living(seen.stat) && seen.stat.pid != leader_ && is_known(seen)) take(seen);
  }
  for (std::size_t before = 0; before != found.size();) {
    before = found.size();
    for (const SeenProcess& seen : table) {
      if (is_living(seen.stat) && pids.contains(seen.stat.parent)) take(seen);
    }
  }
  return found;
}

// A session's number is inherited, or made by the process that has that number itself. So who was
// born before the number could be given away has it from our leader.
bool Tree::is_in_session(const ProcStat& stat) const {
  return stat.session == leader_ && stat.start_ticks < number_is_ours_until_;
}

bool Tree::is_known(const SeenProcess& seen) const {
  if (is_in_session(seen.stat)) return true;
  if (!mark_.empty() && seen.mark.starts_with(mark_)) {
    if (seen.mark.size() == mark_.size() || seen.mark[mark_.size()] == '/') return true;
  }
  if (remembered_.empty()) return false;
  const auto found = remembered_.find(seen.stat.pid);
  return found != remembered_.end() && is_there(found->second);
}

bool Tree::is_member(pid_t pid, const UniqueFd& held, int depth) const {
  const auto stat = read_proc_stat(pid);
  if (!stat || depth > kMaxDepth) return false;
  if (is_known({*stat, read_mark(pid).value_or("")})) return is_there(held);
  const UniqueFd parent = hold(stat->parent);
  if (!parent.is_open() || !is_member(stat->parent, parent, depth + 1)) return false;
  const auto again = read_proc_stat(pid);
  return again && again->parent == stat->parent && is_there(parent) && is_there(held);
}

void Tree::send(pid_t pid, int signal) const {
  const UniqueFd held = hold(pid);
  if (held.is_open() && is_member(pid, held, 0)) (void)send_signal(held, signal);
}

}  // namespace gaffer::os
