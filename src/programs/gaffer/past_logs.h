#pragma once

#include "programs/gaffer/commands.h"

namespace gaffer::programs {

/// Prints what processes of a daemon that does not run have written, from its directory. Targets are
/// `web`, `web.2`, `shop:*` and `*`.
int print_past_logs(const Directories& directories, const LogsOptions& options);

}  // namespace gaffer::programs
