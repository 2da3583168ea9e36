#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

/// \file
/// Texts in the columns of a terminal. They are terminal_safe (base/terminal_text.h): of control
/// characters there are colours and tabs only.

namespace gaffer::programs::top {

enum class Colours { Kept, Dropped };

/// A text in lines of at most `columns`, the first `most` of them; at least one. A colour goes on in
/// the next line, and a tab is the blanks that it stands for.
std::vector<std::string> wrapped(std::string_view text, std::size_t columns, Colours colours,
                                 std::size_t most);

/// As much of a text without colours as fits, and blanks to its right; to its left if it is a
/// number.
enum class Side { Left, Right };
std::string cell(std::string_view text, std::size_t columns, Side side = Side::Left);

/// How many columns a text without colours takes.
std::size_t columns_of(std::string_view text);

}  // namespace gaffer::programs::top
