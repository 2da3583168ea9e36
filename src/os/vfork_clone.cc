#include "os/vfork_clone.h"

#include <errno.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>
#include <string>

namespace gaffer::os {
namespace {

// clone3 by hand, because glibc offers no wrapper: the child continues behind the system call on
// its own stack, so it must not return through a frame of this one. 0 or more is the pid, less is
// -errno.
#if defined(__x86_64__)
long clone3_call(clone_args* arguments, int (*entry)(void*), void* argument) {
  long result = SYS_clone3;
  register int (*child_entry)(void*) asm("r8") = entry;
  register void* child_argument asm("r9") = argument;
  asm volatile(
      "syscall\n\t"
      "testq %%rax, %%rax\n\t"
      "jnz 1f\n\t"
      "xorl %%ebp, %%ebp\n\t"
      "movq %%r9, %%rdi\n\t"
      "call *%%r8\n\t"
      "movl %%eax, %%edi\n\t"
      "movl %[exit], %%eax\n\t"
      "syscall\n\t"
      "1:"
      : "+a"(result), "+r"(child_entry), "+r"(child_argument)
      : "D"(arguments), "S"(sizeof(*arguments)), [exit] "i"(SYS_exit)
      : "rcx", "r11", "memory", "cc");
  return result;
}
#elif defined(__aarch64__)
long clone3_call(clone_args* arguments, int (*entry)(void*), void* argument) {
  register long result asm("x0") = reinterpret_cast<long>(arguments);
  register long size asm("x1") = sizeof(*arguments);
  register long number asm("x8") = SYS_clone3;
  register int (*child_entry)(void*) asm("x9") = entry;
  register void* child_argument asm("x10") = argument;
  asm volatile(
      "svc #0\n\t"
      "cbnz x0, 1f\n\t"
      "mov x29, #0\n\t"
      "mov x0, x10\n\t"
      "blr x9\n\t"
      "mov x8, %[exit]\n\t"
      "svc #0\n\t"
      "1:"
      : "+r"(result), "+r"(child_entry), "+r"(child_argument), "+r"(size), "+r"(number)
      : [exit] "i"(SYS_exit)
      : "x30", "memory", "cc");
  return result;
}
#else
long clone3_call(clone_args*, int (*)(void*), void*) { return -ENOSYS; }
#endif

int flags_of(const Birthplace& birthplace) {
  return (birthplace.descriptors == Descriptors::Shared ? CLONE_FILES : 0) |
         (birthplace.parent == Parent::Ours ? CLONE_PARENT : 0) | CLONE_VM | CLONE_VFORK |
         CLONE_PIDFD;
}

// NOLINTBEGIN(readability-non-const-parameter): the kernel writes to pidfd
long clone3_child(Birthplace birthplace, std::span<std::byte> stack, int (*entry)(void*),
                  void* argument, int* pidfd) {
  // NOLINTEND(readability-non-const-parameter)
  clone_args arguments{};
  arguments.flags = static_cast<unsigned>(flags_of(birthplace)) | CLONE_CLEAR_SIGHAND;
  if (birthplace.cgroup >= 0) {
    arguments.flags |= CLONE_INTO_CGROUP;
    arguments.cgroup = static_cast<unsigned>(birthplace.cgroup);
  }
  arguments.pidfd = reinterpret_cast<std::uintptr_t>(pidfd);
  // A child of our parent ends with the signal that we end with, and clone3 takes no other.
  arguments.exit_signal = birthplace.parent == Parent::Self ? SIGCHLD : 0;
  arguments.stack = reinterpret_cast<std::uintptr_t>(stack.data());
  arguments.stack_size = stack.size();
  return clone3_call(&arguments, entry, argument);
}

long clone_child(Birthplace birthplace, std::span<std::byte> stack, int (*entry)(void*),
                 void* argument, int* pidfd) {
  const int flags = flags_of(birthplace) | SIGCHLD;
  const int pid = ::clone(entry, stack.data() + stack.size(), flags, argument, pidfd);
  return pid >= 0 ? pid : -errno;
}

}  // namespace

Result<Cloned> vfork_clone(std::span<std::byte> stack, Birthplace birthplace, int (*entry)(void*),
                           void* argument) {
  int pidfd = -1;
  long pid = clone3_child(birthplace, stack, entry, argument, &pidfd);
  // EINVAL: Linux 5.3 and 5.4 know clone3 but not CLONE_CLEAR_SIGHAND. EPERM: a container's filter.
  if (birthplace.cgroup < 0 && (pid == -ENOSYS || pid == -EINVAL || pid == -EPERM))
    pid = clone_child(birthplace, stack, entry, argument, &pidfd);
  if (pid < 0) {
    const auto* where = birthplace.cgroup < 0 ? "" : " in the cgroup";
    return os_error(std::string("cannot create a process") + where, static_cast<int>(-pid));
  }
  return Cloned{static_cast<pid_t>(pid), UniqueFd(pidfd)};
}

}  // namespace gaffer::os
