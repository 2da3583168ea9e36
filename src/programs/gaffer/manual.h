#pragma once

#include <vector>

#include "programs/command_line/command.h"

namespace gaffer::programs {

/// What gaffer(1) says beyond the table of commands.
std::vector<Section> manual_sections();

}  // namespace gaffer::programs
