#pragma once

#include <string>
#include <vector>

#include "client/daemon.h"
#include "gaffer/result.h"

/// \file
/// What acting on processes came to, for people.

namespace gaffer::programs {

/// Acts on targets, selectors of people, and shows what became of them: a line for each template;
/// of what failed the reason and the last lines it wrote. Returns the status to exit with.
int act_and_show(const std::string& socket, const std::vector<std::string>& targets,
                 const std::string& verb);

/// The same for one answer.
int show(const std::string& socket, const client::Daemon::Answer& answer);

/// ERRORS: InvalidArgument: `no signal FOO: give a name such as HUP, or a number`.
Result<int> signal_number_of(const std::string& text);

/// The names that can be given.
std::vector<std::string> signal_words();

}  // namespace gaffer::programs
