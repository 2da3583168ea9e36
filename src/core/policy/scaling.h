#pragma once

#include <string_view>

#include "gaffer/result.h"

namespace gaffer::policy {

/// The number of processes after `3` or `=3` (set), `+2` (more) or `-1` (fewer, never below 0).
/// ERRORS: InvalidArgument for anything else, and above the bound of ProcessTemplate::numprocesses.
Result<int> scaled(int present, std::string_view expression);

}  // namespace gaffer::policy
