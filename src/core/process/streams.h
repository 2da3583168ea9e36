#pragma once

#include <sys/types.h>

#include <array>
#include <optional>
#include <vector>

#include "core/stream/output.h"
#include "gaffer/process_template.h"
#include "gaffer/result.h"
#include "os/sockets.h"
#include "os/unique_fd.h"

namespace gaffer {

/// Where the standard streams of a process lead. What leads nowhere is /dev/null.
struct ProcessStreams {
  stream::Output* output = nullptr;  ///< Of standard output.
  stream::Output* errors = nullptr;  ///< Of standard error. The same object as `output`: one pipe,
                                     ///< so that the order of the writes is kept.
  std::uint64_t run = 0;             ///< Whose output it is: gaffer's pid of the process.
  bool has_input = false;            ///< Standard input is a pipe that can be written to.

  /// All three are a terminal of this size instead: what is written to it goes to `output`, which
  /// must be there then, and it has an input.
  std::optional<TerminalSize> terminal;

  /// Descriptors 3, 4 …: a socket each, whose other end can be written to as an input, and what the
  /// process writes there goes to the output.
  std::vector<stream::Output*> further;
};

/// Both sides of the standard streams of a process that is about to be started.
struct StreamEnds {
  std::array<int, 3> stdio = {-1, -1, -1};  ///< As SpawnPlan::stdio; valid as long as `theirs`.
  std::array<os::UniqueFd, 3> theirs;       ///< To be closed when the process has them.
  os::UniqueFd input;                       ///< Ours to write to, without blocking.
  os::UniqueFd output;                      ///< Ours to read from, as `errors`.
  os::UniqueFd errors;                      ///< Not open where `output` serves both.

  std::vector<os::SocketPair> further;  ///< Descriptors 3, 4 …
};

/// A terminal is given to `owner`, if there is one.
/// ERRORS: LimitReached when no more descriptors or terminals can be had; os::open_terminal.
Result<StreamEnds> make_stream_ends(const ProcessStreams& streams, std::optional<uid_t> owner);

}  // namespace gaffer
