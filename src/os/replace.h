#pragma once

#include <string>
#include <vector>

#include "gaffer/result.h"

namespace gaffer::os {

/// Becomes another program: in `directory` (empty: here), with this environment and no other, its
/// signals as a shell would have left them. A program without a slash is looked up in the PATH of
/// that environment. Returns only when it could not be.
/// ERRORS: NotFound, PermissionDenied, Io.
[[nodiscard]] Error replace_program(const std::vector<std::string>& argv,
                                    const std::vector<std::string>& environment,
                                    const std::string& directory);

}  // namespace gaffer::os
