#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "programs/command_line/command.h"
#include "programs/gafferd/configuration.h"

namespace gaffer::programs {

/// What the command line of gafferd says.
struct Options {
  std::string dir;  ///< For socket, lock and logs; empty: where they are by default.
  ConfigurationFiles files;
  std::vector<std::string> binds;
  bool insecure_plaintext = false;
  std::string pidfile;
  bool checks_only = false;
  bool prints_only = false;
  bool prints_manual = false;
  bool has_no_keeper = false;
  std::size_t watchdog_seconds = 10;  ///< 0: never.
};

/// The table of its command line, which puts what is said into `options`.
/// LIFETIME: `options` outlives it.
Program gafferd_program(Options& options);

}  // namespace gaffer::programs
