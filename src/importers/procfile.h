#pragma once

/// \file
/// Reads Procfiles. The dialect is foreman's, but where foreman passes over a line in silence, this
/// says so:
///
/// - `NAME: command`, the name of letters, digits, `_` and `-` at the very start of the line.
///   Blanks after the colon are optional.
/// - The command is the rest of the line, trimmed, for /bin/sh; a `#` or `$` in it is the shell's
///   business.
/// - Blank lines and lines that begin with `#` or `//`, indented or not, are nothing.
/// - `release` is what Heroku runs once before a new version: it is there to be run by name, not
///   started with the others and never started again.
/// - Any other line is a problem, and so are a name that stands twice, a name that `validate`
///   refuses, an entry without command and a file without entries.
/// - The first entry gets the base port as $PORT, each further one 100 more.
///
/// What foreman, honcho, Heroku or Overmind would read differently is a warning. CRLF and a UTF-8
/// byte order mark are fine.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "core/config/loaded.h"

namespace gaffer::importers {

struct ProcfileOptions {
  std::string directory;                   ///< Where every process runs, absolute.
  std::map<std::string, std::string> env;  ///< Variables of every process, those of the .env files.

  /// Of the first entry. Without it PORT of `env` counts, and without that 5000. PORT itself is not
  /// handed on: each process has its own.
  std::optional<std::uint16_t> base_port;
};

/// Reads a Procfile of up to config::kMaxText bytes: one template with one process for each entry.
/// `file_name` is only for the problems; what is wrong with the options stands on line 1.
config::Loaded load_procfile(std::string_view text, std::string_view file_name,
                             ProcfileOptions options);

}  // namespace gaffer::importers
