#pragma once

#include <cstddef>

#include "gaffer/result.h"

namespace gaffer::os {

/// Gives a pipe room for 1 MiB, so that who writes much waits less often. Who is not root may have
/// 64 MiB in pipes (/proc/sys/fs/pipe-user-pages-soft, pipe(7)), and gets pipes of 8 KiB beyond
/// that: so it is for pipes that have shown that they need it. Returns whether it has it now.
bool enlarge_pipe(int pipe);

/// Takes up to `max_bytes` from a pipe and forgets them. 0 is the end of the pipe.
/// ERRORS: Busy when it is empty for now.
Result<std::size_t> discard(int pipe, std::size_t max_bytes);

}  // namespace gaffer::os
