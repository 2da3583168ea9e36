#pragma once

/// \file
/// Reads `.env` files. Every tool has its own dialect; ours is the one of docker compose and
/// godotenv without their expansion of variables:
///
/// - Blank lines and lines that begin with `#` are nothing.
/// - `NAME=value`; `export ` may stand before the name and blanks around the `=`.
/// - A name is a letter or `_`, then letters, digits, `_`, `.` and `-`.
/// - A plain value is trimmed and otherwise literal. A `#` with a blank before it begins a comment,
///   so `https://x/#part` survives. A value may be empty.
/// - A value 'in single quotes' is literal.
/// - A value "in double quotes" knows `\n`, `\r`, `\t`, `\"`, `\\` and `\$`; any other backslash is
///   literal.
/// - Quoted values may span lines. Only a comment may follow them.
/// - `$` means nothing.
/// - The last of several equal names wins.
///
/// Any other line is a problem. What foreman, honcho or godotenv (which is Overmind's and docker
/// compose's) would read differently is a warning. CRLF and a UTF-8 byte order mark are fine; a CRLF
/// inside quotes becomes LF.

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace gaffer::importers {

/// What a `.env` file came to: variables or problems, never both of these.
struct EnvFile {
  std::map<std::string, std::string> variables;
  std::vector<std::string> problems;  ///< `file:line: message`, in the order of lines.
  std::vector<std::string> warnings;  ///< Of the same form; there may be some with either.

  bool operator==(const EnvFile&) const = default;
};

/// Reads a `.env` file of up to config::kMaxText bytes. `file_name` is only for the problems.
EnvFile parse_env_file(std::string_view text, std::string_view file_name);

}  // namespace gaffer::importers
