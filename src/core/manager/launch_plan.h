#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "gaffer/process_template.h"
#include "gaffer/result.h"
#include "os/spawn.h"

namespace gaffer {

/// What is to be launched for one slot of a template, but for the user. Pure.
///
/// The environment is, each over the one before: `base` unless the template wants none of it, the
/// template's `env`, then PORT where the template has a port, GAFFER_NAME, GAFFER_SLOT and
/// GAFFER_PID.
/// ERRORS: InvalidArgument when `cmd` cannot be split into words.
Result<os::SpawnPlan> launch_plan(const ProcessTemplate& process_template,
                                  const std::vector<std::string>& base, int slot,
                                  std::uint64_t pid);

/// Makes the process of a plan run as the template's user and group, and gives it HOME, USER,
/// LOGNAME and SHELL of that user where the plan's environment does not come from the template
/// itself.
/// ERRORS: NotFound: `unknown user X`, `unknown group X`. Looks them up, so it may block.
Result<void> assume_identity(const ProcessTemplate& process_template, os::SpawnPlan& plan);

}  // namespace gaffer
