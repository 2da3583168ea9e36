#pragma once

#include <chrono>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "gaffer/process_template.h"

namespace gaffer::config {

constexpr std::chrono::hours kMaxTime{24};        ///< Bound of every time in a template but one:
constexpr std::chrono::hours kMaxAge{24 * 3653};  ///< log_max_age, ten years.

/// Bound of every number of bytes: JSON has numbers with a sign.
constexpr std::uint64_t kMaxSize = std::numeric_limits<std::int64_t>::max();

/// One rule of ProcessTemplate that is broken.
struct Problem {
  std::string key;      ///< The field, as a file spells it: `cmd`.
  std::string message;  ///< What is wrong and what would be right, the field's name included.

  bool operator==(const Problem&) const = default;
};

/// What is wrong with a template, at most one problem for each rule; nothing if it may be loaded.
/// Judges the values alone: whether the program, the directory and the port are there to be had
/// shows when the process starts.
std::vector<Problem> validate(const ProcessTemplate& wanted);

}  // namespace gaffer::config
