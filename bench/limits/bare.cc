#include "limits/bare.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <sched.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <limits>

#include "base/assert.h"

namespace gaffer::bench {
namespace {

constexpr std::size_t kStackBytes = std::size_t{64} << 10;
constexpr int kPatienceMs = 20'000;
constexpr std::size_t kStampTag = std::numeric_limits<std::size_t>::max();

struct ChildArguments {
  char* const* argv;
  char* const* environment;
  int null;
  int output;
  const Extras* extras;
};

void make_extra_calls(const ChildArguments& arguments) {
  const std::array<unsigned long, 4> by_default{};
  for (int signal = 1; signal <= arguments.extras->signal_actions; ++signal)
    syscall(SYS_rt_sigaction, signal, by_default.data(), nullptr, 8);
  rlimit limit{};
  for (int i = 0; i < arguments.extras->limits; ++i)
    syscall(SYS_prlimit64, 0, RLIMIT_NOFILE, nullptr, &limit);
  for (int i = 0; i < arguments.extras->failing_programs; ++i)
    syscall(SYS_execve, "/usr/local/bin/no-such-program", arguments.argv, arguments.environment);
}

int child_main(void* argument) {
  const ChildArguments& arguments = *static_cast<const ChildArguments*>(argument);
  if (!arguments.extras->copies_descriptors) {
    const int highest = std::max(arguments.null, arguments.output);
    syscall(SYS_close_range, static_cast<unsigned>(highest) + 1, ~0U, CLOSE_RANGE_UNSHARE);
  }
  syscall(SYS_setsid);
  syscall(SYS_dup3, arguments.null, 0, 0);
  syscall(SYS_dup3, arguments.output, 1, 0);
  syscall(SYS_dup3, arguments.output, 2, 0);
  syscall(SYS_close_range, 3U, ~0U, 0U);
  const unsigned long none = 0;
  syscall(SYS_rt_sigprocmask, SIG_SETMASK, &none, nullptr, 8);
  make_extra_calls(arguments);
  syscall(SYS_execve, arguments.argv[0], arguments.argv, arguments.environment);
  return 127;
}

std::vector<char*> pointers_to(const std::vector<std::string>& words) {
  std::vector<char*> pointers;
  pointers.reserve(words.size() + 1);
  for (const std::string& word : words)
    pointers.push_back(const_cast<char*>(word.c_str()));  // NOLINT: what execve wants.
  pointers.push_back(nullptr);
  return pointers;
}

}  // namespace

BareSpawner::BareSpawner()
    : null_(::open("/dev/null", O_RDWR | O_CLOEXEC)),
      low_(::fcntl(null_.get(), F_DUPFD_CLOEXEC, 3)) {
  void* memory = ::mmap(nullptr, kStackBytes, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
  GAFFER_ASSERT(low_.is_open() && memory != MAP_FAILED, "there are descriptors and memory");
  stack_ = {static_cast<std::byte*>(memory), kStackBytes};
}

BareSpawner::~BareSpawner() { ::munmap(stack_.data(), stack_.size()); }

// clone rather than clone3: the same path in the kernel, and glibc has a wrapper for it.
BareProcess BareSpawner::spawn(const std::vector<std::string>& argv,
                               const std::vector<std::string>& environment, int output,
                               const Extras& extras) {
  const std::vector<char*> argv_pointers = pointers_to(argv);
  const std::vector<char*> environment_pointers = pointers_to(environment);
  ChildArguments arguments{argv_pointers.data(), environment_pointers.data(), null_.get(),
                           low_.get(), &extras};
  GAFFER_ASSERT(::dup3(output, low_.get(), O_CLOEXEC) >= 0, "the output is open");
  const int flags = CLONE_VM | CLONE_VFORK | CLONE_PIDFD | SIGCHLD |
                    (extras.copies_descriptors ? 0 : CLONE_FILES);
  BareProcess process;
  process.pid =
      ::clone(child_main, stack_.data() + stack_.size(), flags, &arguments, &process.pidfd);
  GAFFER_ASSERT(process.pid > 0, "a process can be made");
  return process;
}

void BareSpawner::reap(BareProcess process) {
  siginfo_t info{};
  GAFFER_ASSERT(::waitid(P_PIDFD, static_cast<id_t>(process.pidfd), &info, WEXITED) == 0 &&
                    (info.si_code != CLD_EXITED || info.si_status == 0),
                "the child runs");
  ::close(process.pidfd);
}

BareKeeper::BareKeeper(std::vector<std::string> argv, std::vector<std::string> environment,
                       Stamps& stamps)
    : argv_(std::move(argv)),
      environment_(std::move(environment)),
      stamps_(stamps),
      epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
  watch(stamps_.fd(), kStampTag);
}

BareKeeper::~BareKeeper() { stop(); }

void BareKeeper::watch(int fd, std::size_t tag) const {
  epoll_event event{.events = EPOLLIN, .data = {.u64 = tag}};
  GAFFER_ASSERT(::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) == 0, "epoll takes it");
}

void BareKeeper::spawn(std::size_t place) {
  places_[place].process = spawner_.spawn(argv_, environment_, places_[place].write.get());
  watch(places_[place].process.pidfd, place * 2);
}

void BareKeeper::start(std::size_t count) {
  is_stopping_ = false;
  places_.reserve(count);
  for (running_ = 0; running_ < count; ++running_) {
    std::array<int, 2> ends{};
    GAFFER_ASSERT(::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) == 0, "a pipe can be made");
    places_.push_back({{}, os::UniqueFd(ends[0]), os::UniqueFd(ends[1])});
    spawn(running_);
    watch(ends[0], running_ * 2 + 1);
  }
}

void BareKeeper::stop() {
  is_stopping_ = true;
  for (const Place& place : places_)
    ::kill(-place.process.pid, SIGTERM);
  while (running_ > 0)
    turn();
  places_.clear();
}

Stamp BareKeeper::run_until_stamped(std::size_t count) {
  Stamp last;
  while (count > 0) {
    if (const auto stamp = stamps_.next()) {
      last = last.nanoseconds > stamp->nanoseconds ? last : *stamp;
      --count;
    } else {
      turn();
    }
  }
  return last;
}

void BareKeeper::turn() {
  std::array<epoll_event, 256> events{};
  const int count = ::epoll_wait(epoll_.get(), events.data(), events.size(), kPatienceMs);
  GAFFER_ASSERT(count > 0 || errno == EINTR, "something happens in time");
  for (int i = 0; i < count; ++i)
    handle(events.at(static_cast<std::size_t>(i)).data.u64);
}

void BareKeeper::handle(std::size_t tag) {
  if (tag == kStampTag) return;
  Place& place = places_[tag / 2];
  if (tag % 2 == 1) {
    std::array<char, 4096> dropped{};
    (void)!::read(place.read.get(), dropped.data(), dropped.size());
    return;
  }
  BareSpawner::reap(place.process);
  if (is_stopping_) {
    --running_;
  } else {
    spawn(tag / 2);
  }
}

}  // namespace gaffer::bench
