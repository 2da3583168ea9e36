#pragma once

#include <string>

#include "gaffer/info.h"

namespace gaffer {

/// What a process does, why, and what comes next, as a sentence:
///
///     web.1: running for 3m12s, process 4711, restarted 2 times, last end: exit code 1
///     worker.1: backing off, 3rd exit in 4.0s (exit code 1), next start in 0.8s
std::string explain(const ProcessInfo& process);

/// `web.1`; `web` of a one-off run.
std::string label_of(const ProcessInfo& process);

}  // namespace gaffer
