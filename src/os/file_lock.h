#pragma once

#include <sys/types.h>

#include <string>

#include "gaffer/result.h"
#include "os/unique_fd.h"

namespace gaffer::os {

/// Takes the lock file for as long as the descriptor lives, and writes a pid into it for people to
/// read. Close-on-exec: a child never holds it.
/// ERRORS: Busy: `PATH is held by process N`.
Result<UniqueFd> lock_file(const std::string& path, pid_t pid);

}  // namespace gaffer::os
