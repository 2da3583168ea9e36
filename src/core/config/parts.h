#pragma once

/// \file
/// Values that have parts of their own: `attempts=2, window=1` in an ini file, an object in JSON.

#include <map>
#include <optional>
#include <string>

#include "core/config/value.h"
#include "gaffer/process_template.h"
#include "gaffer/result.h"

namespace gaffer::config {

/// \name From a value.
/// ERRORS: InvalidArgument; the message says what in particular is wrong with a part, or nothing.
/// @{

/// Any of attempts, window, retry_in and max_retry, or these four in a row without their names.
/// Missing ones have their default. `no` and `yes` are none and the default.
Result<std::optional<Flapping>> read_flapping(const Value& value);

/// Any of base, cap, jitter and min_uptime; `0` is no pause at all.
Result<Backoff> read_backoff(const Value& value);

/// Limits by the names of kResourceNames.
Result<std::map<std::string, ResourceLimit>> read_limits(const Value& value);

/// `24x80`, or rows and columns of an object; `no` and `yes` are none and the default.
Result<std::optional<TerminalSize>> read_terminal_size(const Value& value);

/// `NAME=value` words as a shell splits them, or an object of texts and whole numbers.
Result<std::map<std::string, std::string>> read_variables(const Value& value);

/// @}

Value write_flapping(const Flapping& flapping);
Value write_backoff(const Backoff& backoff);
Value write_limits(const std::map<std::string, ResourceLimit>& limits);
Value write_terminal_size(const TerminalSize& size);
Value write_variables(const std::map<std::string, std::string>& variables);

/// Seconds, whole ones as a whole number.
Scalar write_duration(std::chrono::milliseconds duration);

}  // namespace gaffer::config
