#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "core/config/loaded.h"
#include "core/config/validate.h"

namespace gaffer::config {

/// What else is wrong with a template that is valid by itself. The keys are those of an ini file:
/// `cmd`, `env:LANG`.
using Check = std::function<std::vector<Problem>(const ProcessTemplate&)>;

/// Reads the templates of an ini file; ini.h has the grammar.
///
///     [gaffer]
///     http_endpoints = local, public
///     # All closed logs together; the oldest go. 1G; 0: any number.
///     log_budget = 10G
///
///     [endpoint:public]
///     # Endpoints as ini_endpoints.h says.
///     bind = 127.0.0.1:5000
///
///     [process:web]
///     # A template named web; a group stands before it, [process:shop:web]. Every key is a
///     # property (properties.h) other than name; only cmd must be there.
///     cmd = ./server --verbose
///     numprocesses = 2
///     env:LANG = C
///
///     [env:web]
///     # Variables of that template, which may also stand further down.
///     PATH = /opt/bin:$PATH
///
/// Any other section or key is a problem, and so is whatever `validate` says and, of what is valid,
/// `check`, on the line of the key or else of the section. `file_name` is only for the problems. `directory` is that of the
/// file, absolute; `cwd` and `env_file` are relative to it, but for a `cwd` that begins with a
/// variable.
Loaded load_ini(std::string_view text, std::string_view file_name, std::string_view directory,
                const Check& check = nullptr);

}  // namespace gaffer::config
