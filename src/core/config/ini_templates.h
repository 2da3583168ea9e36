#pragma once

#include <string_view>

#include "core/config/loaded.h"

namespace gaffer::config {

/// Reads the templates of an ini file; ini.h has the grammar.
///
///     [gaffer]
///     # Must be empty.
///
///     [process:web]
///     # A template named web. Only cmd must be there.
///     cmd = ./server --verbose
///     # Split as a shell would.
///     args = --title "two words"
///     # Relative to `directory`; without it, where the manager runs.
///     cwd = web
///     numprocesses = 2
///     # yes or no, true or false, on or off, 1 or 0, in any case.
///     shell = no
///     port = 8000
///     # Seconds.
///     graceful_timeout = 0.5
///     # A name or a number.
///     stop_signal = INT
///     uid = www-data
///     gid = www-data
///     # Octal.
///     umask = 027
///     # no: only the variables of the template.
///     os_env = yes
///     # always, on-failure or never.
///     restart = always
///     success_exit_codes = 0, 3
///     # no: load it and wait.
///     start = yes
///     # The lowest is started first.
///     priority = 10
///
///     [env:web]
///     # Variables of that template, which may also stand further down.
///     LANG = C
///
/// Any other section or key is a problem, and so is whatever `validate` says, on the line of the
/// key or else of the section. `file_name` is only for the problems. `directory` is that of the
/// file, absolute.
Loaded load_ini(std::string_view text, std::string_view file_name, std::string_view directory);

}  // namespace gaffer::config
