#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "gaffer/result.h"

namespace gaffer {

/// Splits a line into words as a POSIX shell does before it expands anything (XCU 2.2, 2.3): blanks
/// separate, 'single' and "double" quotes and backslashes protect. `$`, `*`, `~`, `#` and `;` mean
/// nothing here.
/// ERRORS: InvalidArgument, a quote that is not closed or a backslash at the end.
Result<std::vector<std::string>> split_shell_words(std::string_view line);

/// The word in a form that a POSIX shell reads back as exactly this word.
std::string quote_shell_word(std::string_view word);

}  // namespace gaffer
