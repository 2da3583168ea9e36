#pragma once

#include <string>
#include <vector>

#include "core/config/loaded.h"
#include "core/manager/manager.h"
#include "programs/setup/load.h"

namespace gaffer::programs {

/// Where the templates of gafferd stand.
struct ConfigurationFiles {
  std::vector<std::string> configs;  ///< Ini files, and folders of them: all *.ini, by name.
  ProcfileSource procfile{.path = ""};
};

/// The templates of all files, or every problem of all of them.
config::Loaded load(const ConfigurationFiles& files);

/// The templates as one ini file, each behind a comment that says which file it is from.
/// Of files without a problem.
std::string effective_configuration(const ConfigurationFiles& files);

/// Carries over to the manager what the files say now and did not say before. What is unchanged in
/// them is left alone, also what somebody has stopped, started or scaled since; a template that was
/// stopped stays stopped. Returns a line for each thing that was done or could not be.
std::vector<std::string> apply(Manager& manager, const std::vector<ProcessTemplate>& before,
                               const std::vector<ProcessTemplate>& now);

}  // namespace gaffer::programs
