#pragma once

#include <string>

#include "gaffer/result.h"

namespace gaffer::programs {

/// Where a daemon lives: gafferd makes these places, gaffer finds the socket in them.
struct Directories {
  std::string run;    ///< Socket and lock; gone after a reboot.
  std::string state;  ///< Tokens, and who has changed what; kept over a reboot.
  std::string logs;   ///< Output of processes.

  [[nodiscard]] std::string database() const { return state + "/state.db"; }
  [[nodiscard]] std::string socket() const { return run + "/gaffer.sock"; }
  [[nodiscard]] std::string lock() const { return run + "/lock"; }
};

/// `--dir`, else $GAFFER_DIR: everything below that one folder. Else for root /run/gaffer and
/// /var/lib/gaffer; for a user $XDG_RUNTIME_DIR/gaffer (or ~/.local/state/gaffer/run) and
/// $XDG_STATE_HOME/gaffer (or ~/.local/state/gaffer).
/// ERRORS: NotFound when a user has neither these variables nor a home.
Result<Directories> find_directories(const std::string& dir_option);

}  // namespace gaffer::programs
