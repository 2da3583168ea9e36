#pragma once

#include <string>

namespace gaffer {

/// How a process ended: by itself with a code, or by a signal.
struct ExitStatus {
  int code = 0;    ///< What it returned, 0 … 255; 0 when a signal ended it.
  int signal = 0;  ///< The signal that ended it, or 0.
  bool dumped_core = false;
  bool is_known = true;  ///< False: it ended, and somebody else has taken the answer how.

  [[nodiscard]] bool is_success() const { return is_known && code == 0 && signal == 0; }
  bool operator==(const ExitStatus&) const = default;
};

/// `exit code 1`, `killed by SIGKILL`, `killed by SIGSEGV (core dumped)`, `ended, exit status
/// unknown`.
std::string describe(const ExitStatus& status);

}  // namespace gaffer
