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

/// Makes a child with vfork semantics: it shares this process's memory, runs `entry(argument)` on
/// `stack`, and the calling thread sleeps until the child has executed a program or ended. So the
/// cost does not depend on how much memory this process uses, and what the child writes to memory
/// before that is seen here. Nothing is allocated.
///
/// The child begins with all of this thread's signals still blocked and no handler of ours
/// installed. `entry` must end in execve or _exit and make raw system calls only. Uses clone3
/// (Linux 5.3, signal handlers cleared since 5.5) and falls back to clone where clone3 is not
/// known, as under older container filters. REQUIRES: all signals are blocked in this thread, so
/// that no handler of ours runs in the child. ERRORS: Busy (EAGAIN), LimitReached.
Result<Cloned> vfork_clone(std::span<std::byte> stack, int (*entry)(void*), void* argument);

}  // namespace gaffer::os
