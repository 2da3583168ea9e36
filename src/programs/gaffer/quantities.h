#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

/// \file
/// Figures and texts for the columns of a table.

namespace gaffer::programs {

/// `0`, `512B`, `4.0K`, `20M`, `1.5G`: three digits at most, powers of 1024.
std::string bytes_text(std::uint64_t bytes);

/// `0.0`, `12.5`, `400`.
std::string percent_text(double percent);

/// The first `columns` characters of a UTF-8 text.
std::string utf8_prefix(std::string_view text, std::size_t columns);

}  // namespace gaffer::programs
