#pragma once

#include <cstddef>
#include <cstdint>

#include "gaffer/result.h"

namespace gaffer::stream {

/// Somebody has cut a log (`truncate`, logrotate's copytruncate) between our look at its size and
/// our write at `size`: the file has zeros where it was cut. Moves the `moved` bytes that were
/// written there to the place where it was cut, cuts it behind them, and returns that place. Zeros
/// that stood before it are taken for the same.
/// ERRORS: what the disk says.
Result<std::uint64_t> mend_truncation(int file, std::uint64_t size, std::size_t moved);

}  // namespace gaffer::stream
