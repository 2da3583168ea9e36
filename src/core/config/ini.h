#pragma once

/// \file
/// The text layer of ini files: sections of keys and values with their lines. It knows no section
/// and no key; what they mean is the business of ini_templates.h.
///
/// The grammar is that of Python 3's configparser, without its defaults and its interpolation:
/// - `[name]` opens a section.
/// - `key = value` or `key: value`, parted at the first `=` or `:`. Keys keep their case. One more
///   than in Python: the key of `env:NAME = value` is `env:NAME`, if no blank follows the colon.
/// - A line indented deeper than its key continues the value: a newline and the trimmed line are
///   added. Blank lines in between stay in the value, blank lines at its end do not.
/// - A line that begins with `#` or `;`, indented or not, is a comment. There are no others: in
///   `a = b # c` the value is `b # c`.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "core/config/text.h"

namespace gaffer::config {

constexpr std::size_t kMaxIniSections = 10'000;  ///< Reading stops at the next one.

struct IniEntry {
  std::string key;    ///< Not empty.
  std::string value;  ///< Trimmed, possibly empty.
  int line = 1;
};

struct IniSection {
  std::string name;               ///< Trimmed, not empty, unique in the file.
  std::vector<IniEntry> entries;  ///< In the order of the file; keys are unique.
  int line = 1;
};

struct Ini {
  std::vector<IniSection> sections;
  std::vector<LineProblem> problems;  ///< Of the text; lines that are problems are left out above.
};

/// Reads an ini file of up to kMaxText bytes.
Ini parse_ini(std::string_view text);

}  // namespace gaffer::config
