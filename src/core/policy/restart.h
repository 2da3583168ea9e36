#pragma once

#include "gaffer/exit_status.h"
#include "gaffer/process_template.h"

namespace gaffer::policy {

/// Whether a process of this template that ended by itself is started again. A success is an exit
/// code of `success_exit_codes`; a signal, and an end that nobody knows more about, never is one.
bool is_restarted(const ProcessTemplate& process_template, const ExitStatus& status);

}  // namespace gaffer::policy
