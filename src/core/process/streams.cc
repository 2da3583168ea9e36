#include "core/process/streams.h"

#include "os/files.h"
#include "os/terminal.h"

namespace gaffer {
namespace {

/// A pipe that becomes descriptor `number` of the process; returns our end.
Result<os::UniqueFd> add_pipe(StreamEnds& ends, std::size_t number) {
  GAFFER_TRY(os::Pipe pipe, number == 0 ? os::make_input_pipe() : os::make_pipe());
  os::UniqueFd& theirs = number == 0 ? pipe.read : pipe.write;
  os::UniqueFd& ours = number == 0 ? pipe.write : pipe.read;
  ends.stdio[number] = theirs.get();
  ends.theirs[number] = std::move(theirs);
  return std::move(ours);
}

Result<StreamEnds> terminal_ends(TerminalSize size, std::optional<uid_t> owner) {
  GAFFER_TRY(os::Terminal terminal, os::open_terminal(size, owner));
  const int slave = terminal.slave.get();
  StreamEnds ends{.stdio = {slave, slave, slave}};
  GAFFER_TRY(ends.input, os::duplicate(terminal.master.get()));
  ends.theirs[0] = std::move(terminal.slave);
  ends.output = std::move(terminal.master);
  return ends;
}

Result<StreamEnds> pipe_ends(const ProcessStreams& streams) {
  StreamEnds ends;
  if (streams.has_input) {
    GAFFER_TRY(ends.input, add_pipe(ends, 0));
  }
  if (streams.output) {
    GAFFER_TRY(ends.output, add_pipe(ends, 1));
  }
  if (streams.errors && streams.errors == streams.output) {
    ends.stdio[2] = ends.stdio[1];
  } else if (streams.errors) {
    GAFFER_TRY(ends.errors, add_pipe(ends, 2));
  }
  return ends;
}

}  // namespace

Result<StreamEnds> make_stream_ends(const ProcessStreams& streams, std::optional<uid_t> owner) {
  GAFFER_TRY(StreamEnds ends,
             streams.terminal ? terminal_ends(*streams.terminal, owner) : pipe_ends(streams));
  for (std::size_t count = streams.further.size(); count > 0; --count) {
    GAFFER_TRY(ends.further.emplace_back(), os::make_socket_pair());
  }
  return ends;
}

}  // namespace gaffer
