#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "programs/top/model.h"

/// \file
/// What `gaffer top` shows, as a function of what it knows.

namespace gaffer::programs::top {

/// The lines that fill the terminal. Each stands by itself: what it colours ends with it.
std::vector<std::string> screen(const Model& model);

/// What has to be sent to a terminal that shows `before`; it shows nothing if that is empty.
std::string changes(const std::vector<std::string>& before, const std::vector<std::string>& now);

/// \name What a terminal is sent first and last. Another screen than that of the shell, no cursor,
/// and a line that is too long ends at the edge.
/// @{
constexpr std::string_view kEnter = "\x1b[?1049h\x1b[?7l\x1b[?25l\x1b[2J";
constexpr std::string_view kLeave = "\x1b[0m\x1b[?7h\x1b[?25h\x1b[?1049l";
/// @}

}  // namespace gaffer::programs::top
