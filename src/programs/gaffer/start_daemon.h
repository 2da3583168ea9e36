#pragma once

#include <string>
#include <vector>

#include "gaffer/result.h"
#include "programs/gaffer/commands.h"
#include "programs/setup/directories.h"

/// \file
/// A gafferd of the user's own, in the background.

namespace gaffer::programs {

/// Where it says what it has to say.
std::string daemon_log(const Directories& directories);

/// Starts the gafferd that lies beside this program, or else one of $PATH, in a session of its own,
/// and waits until it serves; says so on standard error.
/// ERRORS: what gafferd said when it ended; NotFound when there is none; Io
/// when it does not answer within 10 s.
Result<void> start_daemon(const Directories& directories, const Globals& globals,
                          const std::vector<std::string>& options);

/// The same where none answers. Root's own is not started like that: it belongs to systemd.
Result<void> require_daemon(const Directories& directories, const Globals& globals);

}  // namespace gaffer::programs
