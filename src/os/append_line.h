#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "gaffer/result.h"
#include "os/unique_fd.h"

namespace gaffer::os {

/// Adds a line to a file of mode 0600, which is made if it is missing and refused if it is a
/// symbolic link. One that would become longer than `max_bytes` is first renamed to `path`.1.
Result<void> append_line(const std::string& path, std::string_view line, std::uint64_t max_bytes);

/// Such a file to write to, for somebody else; one that is longer is renamed first.
Result<UniqueFd> open_to_append(const std::string& path, std::uint64_t max_bytes);

}  // namespace gaffer::os
