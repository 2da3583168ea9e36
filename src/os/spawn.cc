#include "os/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <string_view>

#include <dirent.h>

#include "base/assert.h"
#include "base/strings.h"
#include "os/vfork_clone.h"

// The child shares our memory but runs on a stack that no sanitizer knows.
#define GAFFER_IN_CHILD \
  __attribute__((no_sanitize("address"), no_sanitize("thread"), no_sanitize("undefined")))

namespace gaffer::os {
namespace {

constexpr std::size_t kStackBytes = std::size_t{64} << 10;
static_assert(sizeof(long) == 8, "the raw calls below are those of 64 bits");
constexpr std::size_t kKernelSignalSetBytes = 8;
constexpr int kSignals = 64;

/// What failed between clone and execve.
enum class Step { None, Table, Session, Stdio, Limit, Directory, Groups, User, Execute };

/// What the child reads, and the one place it writes to: `failed` and `error`.
struct Handover {
  const char* const* candidates;  // Paths to try, null-terminated.
  char* const* argv;
  char* const* environment;
  const char* directory;  // Or null.
  std::array<int, 3> stdio;
  int beyond_stdio;                // The first number above them.
  bool shares_table;               // With the parent; else the child has a copy, and
  int highest_open;                // this is the highest number in it.
  const Identity* identity;        // Or null.
  const mode_t* file_mode_mask;    // Or null.
  const rlim_t* descriptor_limit;  // Or null.
  Step failed = Step::None;
  int error = 0;
};

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

GAFFER_IN_CHILD bool place_stdio(const std::array<int, 3>& stdio) {
  for (int i = 0; i < 3; ++i) {
    if (syscall(SYS_dup3, stdio[i], i, 0) < 0) return false;
  }
  return true;
}

GAFFER_IN_CHILD bool limit_descriptors(rlim_t soft) {
  rlimit limit{};
  if (syscall(SYS_prlimit64, 0, RLIMIT_NOFILE, nullptr, &limit) != 0) return false;
  limit.rlim_cur = soft < limit.rlim_max ? soft : limit.rlim_max;
  return syscall(SYS_prlimit64, 0, RLIMIT_NOFILE, &limit, nullptr) == 0;
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
  if (handover.shares_table) {
    syscall(SYS_close_range, 3U, ~0U, 0U);
    return;
  }
  for (int fd = 3; fd <= handover.highest_open; ++fd)
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

GAFFER_IN_CHILD bool prepare_and_execute(Handover& handover) {
  if (handover.shares_table && !own_descriptors(handover.beyond_stdio))
    return note(handover, Step::Table);
  if (syscall(SYS_setsid) < 0) return note(handover, Step::Session);
  if (!place_stdio(handover.stdio)) return note(handover, Step::Stdio);
  if (handover.descriptor_limit && !limit_descriptors(*handover.descriptor_limit)) {
    return note(handover, Step::Limit);
  }
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

GAFFER_IN_CHILD int child_main(void* argument) {
  prepare_and_execute(*static_cast<Handover*>(argument));
  return 127;
}

std::vector<std::string> candidates_for(const SpawnPlan& plan) {
  const std::string& program = plan.argv.front();
  if (program.find('/') != std::string::npos) return {program};
  // confstr(_CS_PATH) of glibc, and what execvp falls back to.
  std::string_view path = "/bin:/usr/bin";
  for (const std::string& entry : plan.environment) {
    if (entry.rfind("PATH=", 0) == 0) path = std::string_view(entry).substr(5);
  }
  std::vector<std::string> candidates;
  for (const std::string_view directory : split(path, ':')) {
    // POSIX: an empty entry is the working directory.
    candidates.push_back(std::string(directory.empty() ? "." : directory) + "/" + program);
  }
  return candidates;
}

// The null-terminated array of pointers that execve wants. The child does not write through them.
std::vector<char*> pointers_to(const std::vector<std::string>& words) {
  std::vector<char*> pointers;
  pointers.reserve(words.size() + 1);
  for (const std::string& word : words)
    pointers.push_back(const_cast<char*>(word.c_str()));  // NOLINT
  pointers.push_back(nullptr);
  return pointers;
}

/// The highest number among the descriptors of this process.
int highest_descriptor() {
  int highest = STDERR_FILENO;
  const std::unique_ptr<DIR, int (*)(DIR*)> open_ones(opendir("/proc/self/fd"), closedir);
  while (const dirent* entry = open_ones ? readdir(open_ones.get()) : nullptr) {
    highest = std::max(highest, parse_number<int>(entry->d_name).value_or(0));
  }
  return highest;
}

Error failure_of(const SpawnPlan& plan, const Handover& handover) {
  switch (handover.failed) {
    case Step::Table:
      return os_error("cannot make a table of descriptors", handover.error);
    case Step::Session:
      return os_error("cannot start a session", handover.error);
    case Step::Stdio:
      return os_error("cannot set up standard input and output", handover.error);
    case Step::Limit:
      return os_error("cannot set the limit of open files", handover.error);
    case Step::Directory:
      return os_error("cannot change to directory " + plan.directory, handover.error);
    case Step::Groups:
      return os_error("cannot change to group " + std::to_string(plan.identity->group),
                      handover.error);
    case Step::User:
      return os_error("cannot change to user " + std::to_string(plan.identity->user),
                      handover.error);
    case Step::None:
    case Step::Execute:
      break;
  }
  return os_error("cannot execute " + plan.argv.front(), handover.error);
}

/// Blocks every signal of this thread for as long as it lives.
class SignalsBlocked {
 public:
  SignalsBlocked() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;
  ~SignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

 private:
  sigset_t before_{};
};

}  // namespace

Result<Spawner> Spawner::create() {
  Spawner spawner;
  spawner.null_.reset(::open("/dev/null", O_RDWR | O_CLOEXEC));
  if (!spawner.null_.is_open()) return os_error("cannot open /dev/null", errno);
  for (UniqueFd& fd : spawner.lent_) {
    fd.reset(::fcntl(spawner.null_.get(), F_DUPFD_CLOEXEC, 3));
    if (!fd.is_open()) return os_error("cannot reserve a descriptor", errno);
  }
  // The guard is a page, whatever its size is here.
  const auto guard = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  void* memory = ::mmap(nullptr, guard + kStackBytes, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
  if (memory == MAP_FAILED) return os_error("cannot map a stack", errno);
  spawner.mapping_ = {static_cast<std::byte*>(memory), guard + kStackBytes};
  if (::mprotect(memory, guard, PROT_NONE) != 0) return os_error("cannot guard a stack", errno);
  // A range that holds nothing: only asks whether the call is there, and allowed.
  spawner.has_close_range_ = syscall(SYS_close_range, ~0U, ~0U, 0U) == 0;
  return spawner;
}

Spawner::Spawner(Spawner&& other) noexcept
    : null_(std::move(other.null_)),
      lent_(std::move(other.lent_)),
      mapping_(std::exchange(other.mapping_, {})),
      has_close_range_(other.has_close_range_) {}

Spawner::~Spawner() {
  if (!mapping_.empty()) ::munmap(mapping_.data(), mapping_.size());
}

Result<void> Spawner::lend(const SpawnPlan& plan) {
  for (std::size_t i = 0; i < lent_.size(); ++i) {
    if (plan.stdio[i] >= 0 && ::dup3(plan.stdio[i], lent_[i].get(), O_CLOEXEC) < 0) {
      return os_error("cannot set up standard input and output", errno);
    }
  }
  return {};
}

// Else the parent would hold the writing end of a pipe, whose reader then never sees its end.
void Spawner::take_back() {
  for (const UniqueFd& fd : lent_)
    ::dup3(null_.get(), fd.get(), O_CLOEXEC);
}

Result<Child> Spawner::spawn(const SpawnPlan& plan) {
  GAFFER_ASSERT(!plan.argv.empty(), "a plan has at least the program's name");
  const std::vector<std::string> candidates = candidates_for(plan);
  const std::vector<char*> candidate_pointers = pointers_to(candidates);
  const std::vector<char*> argv = pointers_to(plan.argv);
  const std::vector<char*> environment = pointers_to(plan.environment);
  Handover handover{.candidates = candidate_pointers.data(),
                    .argv = argv.data(),
                    .environment = environment.data(),
                    .directory = plan.directory.empty() ? nullptr : plan.directory.c_str(),
                    .stdio = {lent_[0].get(), lent_[1].get(), lent_[2].get()},
                    .beyond_stdio = 1 + std::max({lent_[0].get(), lent_[1].get(), lent_[2].get()}),
                    .shares_table = has_close_range_,
                    .highest_open = has_close_range_ ? 0 : highest_descriptor(),
                    .identity = plan.identity ? &*plan.identity : nullptr,
                    .file_mode_mask = plan.file_mode_mask ? &*plan.file_mode_mask : nullptr,
                    .descriptor_limit = plan.descriptor_limit ? &*plan.descriptor_limit : nullptr};
  auto lent = lend(plan);
  Result<Cloned> cloned = [&]() -> Result<Cloned> {
    if (!lent) return std::move(lent).error();
    const SignalsBlocked blocked;
    return vfork_clone(mapping_.last(kStackBytes),
                       has_close_range_ ? Descriptors::Shared : Descriptors::Copied, child_main,
                       &handover);
  }();
  take_back();
  if (!cloned) return std::move(cloned).error();
  Child child(cloned->pid, std::move(cloned->pidfd));
  if (handover.failed == Step::None) return child;
  return failure_of(plan, handover);  // ~Child reaps what ended before it began.
}

}  // namespace gaffer::os
