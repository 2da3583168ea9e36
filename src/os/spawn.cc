#include "os/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <string_view>

#include <dirent.h>

#include "base/assert.h"
#include "base/strings.h"
#include "os/child_setup.h"
#include "os/resource_limits.h"
#include "os/vfork_clone.h"

namespace gaffer::os {
namespace {

constexpr std::size_t kStackBytes = std::size_t{64} << 10;

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

// Class and level as ioprio_set(2) wants them: IOPRIO_PRIO_VALUE of linux/ioprio.h.
std::optional<int> number_of(const std::optional<IoPriority>& priority) {
  constexpr int kClassShift = 13;
  if (!priority) return std::nullopt;
  return static_cast<int>(priority->io_class) << kClassShift | priority->level;
}

// A bit for each processor, as sched_setaffinity(2) wants them. None for a number that no kernel
// has: to be refused is the kernel's business.
std::vector<unsigned long> mask_of(const std::set<int>& processors) {
  constexpr std::size_t kBits = 64;
  constexpr std::size_t kMaxProcessors = 8192;  // CONFIG_NR_CPUS of x86 goes no further.
  if (processors.empty()) return {};
  std::vector<unsigned long> mask(kMaxProcessors / kBits);
  for (const int processor : processors) {
    const auto bit = static_cast<std::size_t>(processor);
    if (bit < kMaxProcessors) mask[bit / kBits] |= 1UL << bit % kBits;
  }
  return mask;
}

Error limit_failure(const SpawnPlan& plan, const Handover& handover) {
  if (handover.failed_limit == plan.limits.size())
    return os_error("cannot set the limit of open files", handover.error);
  const auto& [name, limit] =
      *std::next(plan.limits.begin(), static_cast<std::ptrdiff_t>(handover.failed_limit));
  return os_error("cannot limit " + name + " to " + describe(limit), handover.error);
}

Error failure_of(const SpawnPlan& plan, const Handover& handover) {
  switch (handover.failed) {
    case Step::Announcement:
      return os_error("cannot announce the process", handover.error);
    case Step::Cgroup:
      return os_error("cannot enter the cgroup", handover.error);
    case Step::Table:
      return os_error("cannot make a table of descriptors", handover.error);
    case Step::Session:
      return os_error("cannot start a session", handover.error);
    case Step::Stdio:
      return os_error("cannot set up standard input and output", handover.error);
    case Step::Terminal:
      return os_error("cannot take standard input as the terminal", handover.error);
    case Step::Limit:
      return limit_failure(plan, handover);
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
  const std::string cannot = "cannot execute " + plan.argv.front();
  if (handover.error != EAGAIN) return os_error(cannot, handover.error);
  // The one meaning that it has in execve(2).
  return {Errc::LimitReached, EAGAIN,
          cannot + ": the user has more processes than the limit nproc allows"};
}

std::string words_for(IoPriority priority) {
  const std::string level = ":" + std::to_string(priority.level);
  switch (priority.io_class) {
    case IoPriority::Class::Realtime:
      return "realtime" + level;
    case IoPriority::Class::BestEffort:
      return "best-effort" + level;
    case IoPriority::Class::Idle:
      break;
  }
  return "idle";
}

std::vector<std::string> words_for(const Refusals& refused, const SpawnPlan& plan) {
  std::vector<std::string> words;
  const auto add = [&words](const std::string& what, int error) {
    words.push_back(os_error(what + " refused", error).message);
  };
  if (refused.niceness != 0) add("nice " + std::to_string(*plan.niceness), refused.niceness);
  if (refused.io_priority != 0) add("ionice " + words_for(*plan.io_priority), refused.io_priority);
  if (refused.processors != 0) {
    std::string numbers;
    for (const int processor : plan.processors)
      numbers += (numbers.empty() ? "" : ",") + std::to_string(processor);
    add("cpu_affinity " + numbers, refused.processors);
  }
  if (refused.oom_score_adj != 0)
    add("oom_score_adj " + std::to_string(*plan.oom_score_adj), refused.oom_score_adj);
  return words;
}

// How clone3 answers where it is older than CLONE_INTO_CGROUP, or not there, or forbidden by a
// container's filter.
bool is_missing_feature(int error) {
  return error == E2BIG || error == EINVAL || error == ENOSYS || error == EPERM;
}

// Copies beyond the numbers that they become, so that none is in the way of another.
Result<std::vector<UniqueFd>> copies_of(const std::vector<int>& further) {
  const int beyond = 3 + static_cast<int>(further.size());
  std::vector<UniqueFd> copies;
  for (const int fd : further) {
    copies.emplace_back(::fcntl(fd, F_DUPFD_CLOEXEC, beyond));
    if (!copies.back().is_open()) return os_error("cannot set up a stream", errno);
  }
  return copies;
}

std::vector<int> numbers_of(const std::vector<UniqueFd>& descriptors) {
  std::vector<int> numbers;
  numbers.reserve(descriptors.size());
  for (const UniqueFd& descriptor : descriptors)
    numbers.push_back(descriptor.get());
  return numbers;
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

Result<Cloned> Spawner::clone(const SpawnPlan& plan, Handover& handover) {
  GAFFER_TRY(lend(plan));
  const SignalsBlocked blocked;
  const auto stack = mapping_.last(kStackBytes);
  Birthplace birthplace{.descriptors = has_close_range_ ? Descriptors::Shared : Descriptors::Copied,
                        .parent = handover.announce_on < 0 ? Parent::Self : Parent::Ours,
                        .cgroup = plan.cgroup};
  auto born = vfork_clone(stack, birthplace, set_up_and_execute, &handover);
  if (born || plan.cgroup < 0 || !is_missing_feature(born.error().os)) return born;
  // The child goes there by itself. Second choice: to move a process takes the kernel milliseconds,
  // a grace period of RCU, to be born there costs nothing.
  const UniqueFd members(::openat(plan.cgroup, "cgroup.procs", O_WRONLY | O_CLOEXEC));
  if (!members.is_open()) return os_error("cannot enter the cgroup", errno);
  handover.cgroup_members = members.get();
  birthplace.cgroup = -1;
  return vfork_clone(stack, birthplace, set_up_and_execute, &handover);
}

Result<Sibling> Spawner::make(const SpawnPlan& plan, const Announcement& announcement,
                              std::optional<Error>& failure) {
  GAFFER_ASSERT(!plan.argv.empty(), "a plan has at least the program's name");
  const std::vector<std::string> candidates = candidates_for(plan);
  const std::vector<char*> candidate_pointers = pointers_to(candidates);
  const std::vector<char*> argv = pointers_to(plan.argv);
  const std::vector<char*> environment = pointers_to(plan.environment);
  GAFFER_TRY(const std::vector<NumberedLimit> limits, numbered(plan.limits));
  const std::vector<unsigned long> processors = mask_of(plan.processors);
  GAFFER_TRY(const std::vector<UniqueFd> copies, copies_of(plan.further));
  const std::vector<int> further = numbers_of(copies);
  int highest = std::max({lent_[0].get(), lent_[1].get(), lent_[2].get()});
  for (const int fd : further)
    highest = std::max(highest, fd);
  const std::string oom_score_adj = plan.oom_score_adj ? std::to_string(*plan.oom_score_adj) : "";
  Handover handover{
      .announce_on = announcement.socket,
      .announcement = announcement.record,
      .candidates = candidate_pointers.data(),
      .argv = argv.data(),
      .environment = environment.data(),
      .directory = plan.directory.empty() ? nullptr : plan.directory.c_str(),
      .shares_table = has_close_range_,
      .highest_open = has_close_range_ ? 0 : highest_descriptor(),
      .stdio = {lent_[0].get(), lent_[1].get(), lent_[2].get()},
      .further = further,
      .beyond_streams = 1 + highest,
      .has_terminal = plan.has_terminal,
      .limits = limits,
      .descriptor_limit = plan.limits.contains("nofile") ? std::nullopt : plan.descriptor_limit,
      .file_mode_mask = plan.file_mode_mask,
      .identity = plan.identity ? &*plan.identity : nullptr,
      .niceness = plan.niceness,
      .io_priority = number_of(plan.io_priority),
      .processors = processors,
      .oom_score_adj = oom_score_adj};
  Result<Cloned> cloned = clone(plan, handover);
  take_back();
  if (!cloned) return std::move(cloned).error();
  if (handover.failed != Step::None) {
    failure = failure_of(plan, handover);
  } else if (announcement.socket >= 0 && !handover.is_announced) {
    failure = Error{Errc::Io, 0, "cannot start " + plan.argv.front() + ": it was killed at once"};
  }
  return Sibling{cloned->pid, std::move(cloned->pidfd), words_for(handover.refused, plan)};
}

Result<Child> Spawner::spawn(const SpawnPlan& plan) {
  std::optional<Error> failure;
  GAFFER_TRY(Sibling made, make(plan, {}, failure));
  Child child(made.pid, std::move(made.pidfd), std::move(made.refused));
  if (failure) return *std::move(failure);  // ~Child reaps what ended before it began.
  return child;
}

Result<Sibling> Spawner::spawn_sibling(const SpawnPlan& plan, const Announcement& announcement) {
  std::optional<Error> failure;
  GAFFER_TRY(Sibling made, make(plan, announcement, failure));
  if (failure) return *std::move(failure);
  return made;
}

}  // namespace gaffer::os
