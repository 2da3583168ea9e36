#include "keeper/server/kernel.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/stat.h>
#include <linux/time_types.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

namespace gaffer::keeper::kernel {
namespace {

static_assert(sizeof(long) == 8, "the calls below are those of 64 bits");
constexpr std::size_t kSignalSetBytes = 8;
constexpr long kBootTime = 7;  // CLOCK_BOOTTIME
constexpr std::int64_t kSecond = 1'000'000'000;

#if defined(__x86_64__)
long call(long number, long a = 0, long b = 0, long c = 0, long d = 0, long e = 0, long f = 0) {
  long result = number;
  register long fourth asm("r10") = d;
  register long fifth asm("r8") = e;
  register long sixth asm("r9") = f;
  asm volatile("syscall"
               : "+a"(result)
               : "D"(a), "S"(b), "d"(c), "r"(fourth), "r"(fifth), "r"(sixth)
               : "rcx", "r11", "memory");
  return result;
}
#elif defined(__aarch64__)
long call(long number, long a = 0, long b = 0, long c = 0, long d = 0, long e = 0, long f = 0) {
  register long which asm("x8") = number;
  register long result asm("x0") = a;
  register long second asm("x1") = b;
  register long third asm("x2") = c;
  register long fourth asm("x3") = d;
  register long fifth asm("x4") = e;
  register long sixth asm("x5") = f;
  asm volatile("svc #0"
               : "+r"(result)
               : "r"(which), "r"(second), "r"(third), "r"(fourth), "r"(fifth), "r"(sixth)
               : "memory");
  return result;
}
#else
#error "the keeper makes its system calls by hand, and knows x86-64 and arm64"
#endif

template <typename T>
long address(T* pointer) {
  return reinterpret_cast<long>(pointer);
}

// An interrupted call of those that wait is made again; the others are never interrupted.
template <typename Call>
long retried(Call attempt) {
  long result = attempt();
  while (result == -EINTR)
    result = attempt();
  return result;
}

}  // namespace

std::uint64_t now() {
  __kernel_timespec time{};
  call(SYS_clock_gettime, kBootTime, address(&time));
  return static_cast<std::uint64_t>(time.tv_sec * kSecond + time.tv_nsec);
}

long close(int fd) { return call(SYS_close, fd); }
long duplicate_to(int fd, int number) { return call(SYS_dup3, fd, number, 0); }

long close_from(int first) {
  const long closed = call(SYS_close_range, first, ~0U, 0);
  if (closed == 0) return 0;
  // Before Linux 5.9, and where a container's filter forbids it.
  rlimit limit{};
  descriptor_limit(limit);
  for (auto fd = static_cast<rlim_t>(first); fd < limit.rlim_cur; ++fd)
    close(static_cast<int>(fd));
  return 0;
}

long read(int fd, std::span<char> into) {
  return retried(
      [&] { return call(SYS_read, fd, address(into.data()), static_cast<long>(into.size())); });
}

long write(int fd, std::string_view text) {
  return call(SYS_write, fd, address(text.data()), static_cast<long>(text.size()));
}

long open_for_reading(const char* path) {
  return call(SYS_openat, AT_FDCWD, address(path), O_RDONLY | O_CLOEXEC);
}

long identity_of(const char* path) {
  constexpr int kMinorBits = 20;
  constexpr int kDeviceBits = 40;
  struct statx file {};
  const long found = call(SYS_statx, AT_FDCWD, address(path), 0, STATX_INO, address(&file));
  if (found < 0) return found;
  const auto device = (std::uint64_t{file.stx_dev_major} << kMinorBits | file.stx_dev_minor)
                      << kDeviceBits;
  return static_cast<long>((file.stx_ino ^ device) & INT64_MAX);
}

long memory_file(const char* name, std::size_t bytes) {
  const long fd = call(SYS_memfd_create, address(name), 0);
  if (fd < 0) return fd;
  const long sized = call(SYS_ftruncate, fd, static_cast<long>(bytes));
  return sized < 0 ? sized : fd;
}

void* map(int fd, std::size_t bytes) {
  const long mapped =
      call(SYS_mmap, 0, static_cast<long>(bytes), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  constexpr long kLastError = -4095;
  if (mapped < 0 && mapped >= kLastError) return nullptr;
  return reinterpret_cast<void*>(mapped);  // NOLINT(performance-no-int-to-ptr)
}

long socket_pair(int (&ends)[2]) {
  return call(SYS_socketpair, AF_UNIX, SOCK_SEQPACKET, 0, address(&ends[0]));
}

long ask_for_senders(int socket) {
  const int on = 1;
  return call(SYS_setsockopt, socket, SOL_SOCKET, SO_PASSCRED, address(&on), sizeof(on));
}

long send(int socket, const msghdr& message) {
  return call(SYS_sendmsg, socket, address(&message), MSG_DONTWAIT | MSG_NOSIGNAL);
}

long receive(int socket, msghdr& message) {
  return call(SYS_recvmsg, socket, address(&message), MSG_DONTWAIT);
}

long poll(std::span<pollfd> wanted, std::int64_t timeout) {
  const __kernel_timespec time{.tv_sec = timeout / kSecond, .tv_nsec = timeout % kSecond};
  return call(SYS_ppoll, address(wanted.data()), static_cast<long>(wanted.size()),
              timeout < 0 ? 0 : address(&time), 0, kSignalSetBytes);
}

long pidfd_of(pid_t pid) { return call(SYS_pidfd_open, pid, 0); }
long kill(pid_t pid, int signal) { return call(SYS_kill, pid, signal); }

long wait_for_end(pid_t pid, Reap reap, siginfo_t& info, rusage& used) {
  const long options = WEXITED | WNOHANG | (reap == Reap::No ? WNOWAIT : 0);
  info.si_pid = 0;
  return call(SYS_waitid, pid == 0 ? P_ALL : P_PID, pid, address(&info), options, address(&used));
}

long wait_for_stop(pid_t pid, siginfo_t& info) {
  info.si_pid = 0;
  return call(SYS_waitid, P_PID, pid, address(&info), WSTOPPED | WCONTINUED | WNOHANG, 0);
}

long fork() { return call(SYS_clone, SIGCHLD, 0, 0, 0, 0); }

long execute(const char* path, const char* const* arguments, const char* const* environment) {
  return call(SYS_execve, address(path), address(arguments), address(environment));
}

long execute(int file, const char* const* arguments, const char* const* environment) {
  return call(SYS_execveat, file, address(""), address(arguments), address(environment),
              AT_EMPTY_PATH);
}

void exit(int code) {
  call(SYS_exit_group, code);
  __builtin_unreachable();
}

long begin_session() { return call(SYS_setsid); }
pid_t own_pid() { return static_cast<pid_t>(call(SYS_getpid)); }
long adopt_orphans() { return call(SYS_prctl, PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); }

long descriptor_limit(rlimit& limit) {
  return call(SYS_prlimit64, 0, RLIMIT_NOFILE, 0, address(&limit));
}

long limit_descriptors(const rlimit& limit) {
  return call(SYS_prlimit64, 0, RLIMIT_NOFILE, address(&limit), 0);
}

long block_only(Signals signals) {
  return call(SYS_rt_sigprocmask, SIG_SETMASK, address(&signals), 0, kSignalSetBytes);
}

long do_not_ignore(int signal) {
  struct {
    unsigned long words[4];
  } const default_action{};  // The kernel's sigaction of all zeros: SIG_DFL.
  return call(SYS_rt_sigaction, signal, address(&default_action), 0, kSignalSetBytes);
}

long signal_file(Signals signals) {
  constexpr int kNonBlocking = O_NONBLOCK;
  return call(SYS_signalfd4, -1, address(&signals), kSignalSetBytes, kNonBlocking);
}

}  // namespace gaffer::keeper::kernel
