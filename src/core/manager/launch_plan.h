#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/config/substitute.h"
#include "gaffer/process_template.h"
#include "gaffer/result.h"
#include "os/spawn.h"

namespace gaffer {

/// Which process a launch is for.
struct LaunchId {
  int slot = 1;
  std::uint64_t pid = 1;  ///< gaffer's own.
  std::string tree;       ///< The value of os::kTreeVariable; empty: none.
};

/// What is to be launched for one slot of a template, but for what needs the system to resolve.
/// Pure.
///
/// The environment is, each over the one before: `base` unless the template wants none of it,
/// `outer` (see `outer_variables`), the template's `env`, then PORT where the template has a port,
/// GAFFER_NAME, GAFFER_SLOT and GAFFER_PID.
/// ERRORS: InvalidArgument when `cmd` cannot be split into words, and what config::substitute says,
/// with the property before it: `cmd: unknown variable $PROT (did you mean $PORT?)`.
Result<os::SpawnPlan> launch_plan(const ProcessTemplate& process_template,
                                  const std::vector<std::string>& base, config::Variables outer,
                                  const LaunchId& id);

/// The variables of the template's `env_file`, and HOME, USER, LOGNAME and SHELL of its user.
/// ERRORS: NotFound: `unknown user X`; the problems of the file. Reads files, so it may block.
Result<config::Variables> outer_variables(const ProcessTemplate& process_template);

/// Makes the process of a plan run as the template's user and group.
/// ERRORS: NotFound: `unknown user X`, `unknown group X`. Looks them up, so it may block.
Result<void> assume_identity(const ProcessTemplate& process_template, os::SpawnPlan& plan);

/// Whether a process of the template could be planned; whether its user is there is left open,
/// because that may change.
/// ERRORS: those of `launch_plan` and of the template's `env_file`. They begin with the property:
/// `cmd: …`, `env LANG: …`, `env_file: …`.
Result<void> require_plan(const ProcessTemplate& process_template,
                          const std::vector<std::string>& base);

}  // namespace gaffer
