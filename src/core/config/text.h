#pragma once

/// \file
/// What the readers of text files have in common: a bound, a text that is safe to walk line by
/// line, and the form of a problem.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace gaffer::config {

constexpr std::size_t kMaxText = std::size_t{1} << 20;  ///< 1 MiB: nobody writes more by hand.

/// Something that is wrong with one line of a text.
struct LineProblem {
  int line = 1;         ///< Counted from 1.
  std::string message;  ///< Without the place: `unknown key "x"`.

  bool operator==(const LineProblem&) const = default;
};

/// The problems as `file:line: message`, in the order of lines.
std::vector<std::string> sentences(std::string_view file_name, std::vector<LineProblem> problems);

/// The text between double quotes, fit for a message: control characters become `?`, and what is
/// longer than 60 bytes ends in `...`.
std::string in_quotes(std::string_view text);

/// A text whose lines end in LF, without byte order mark and NUL.
struct CleanText {
  std::string text;
  std::vector<LineProblem> problems;
};

/// Makes a text safe to walk: CRLF becomes LF, a UTF-8 byte order mark goes. Each line with a NUL
/// is a problem (the NUL becomes `?`, so that the rest can still be read), and so is a text longer
/// than kMaxText, of which nothing is left.
CleanText clean(std::string_view raw);

}  // namespace gaffer::config
