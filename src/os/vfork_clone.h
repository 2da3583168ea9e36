#pragma once

#include <sys/types.h>

#include <cstddef>
#include <span>

#include "gaffer/result.h"
#include "os/unique_fd.h"

namespace gaffer::os {

struct Cloned {
  pid_t pid = -1;
  UniqueFd pidfd;
};

/// Whether a child begins with this process's descriptor table or with a copy of it.
enum class Descriptors { Shared, Copied };

/// Whose child it becomes: this process's, or its parent's, who then learns of its end.
enum class Parent { Self, Ours };

/// Where a child begins.
struct Birthplace {
  Descriptors descriptors = Descriptors::Shared;
  Parent parent = Parent::Self;
  int cgroup = -1;  ///< Directory of a cgroup v2 to be born in; -1: the cgroup of this process.
};

/// Makes a child with vfork semantics: it runs `entry(argument)` on `stack`, and the calling thread
/// sleeps until it has executed a program or ended. Until then it shares this process's memory:
/// nothing is copied, and what it writes is seen here. Nothing is allocated.
///
/// The child begins with this thread's signals still blocked and no handler of ours installed.
/// `entry` must end in execve or _exit, make raw system calls only, and get a descriptor table of
/// its own before it changes a shared one. Uses clone3 (Linux 5.3, signal handlers cleared
/// since 5.5), and clone where clone3 is not known or not allowed, as under older container
/// filters. To be born in a cgroup (CLONE_INTO_CGROUP) takes clone3 of Linux 5.7.
///
/// REQUIRES: all signals are blocked in this thread, so that no handler of ours runs in the child.
/// ERRORS: Busy (EAGAIN), LimitReached. With a cgroup also E2BIG, EINVAL, ENOSYS or EPERM where
/// clone3 cannot do that, and the reasons that a cgroup has: cgroups(7).
Result<Cloned> vfork_clone(std::span<std::byte> stack, Birthplace birthplace, int (*entry)(void*),
                           void* argument);

}  // namespace gaffer::os
