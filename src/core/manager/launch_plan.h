#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "gaffer/process_template.h"
#include "gaffer/result.h"
#include "os/spawn.h"

namespace gaffer {

/// What is to be launched for one slot of a template. Pure.
///
/// The environment is, each over the one before: `base`, the template's `env`, then PORT where the
/// template has a port, GAFFER_NAME, GAFFER_SLOT and GAFFER_PID.
/// ERRORS: InvalidArgument when `cmd` cannot be split into words.
Result<os::SpawnPlan> launch_plan(const ProcessTemplate& process_template,
                                  const std::vector<std::string>& base, int slot,
                                  std::uint64_t pid);

}  // namespace gaffer
