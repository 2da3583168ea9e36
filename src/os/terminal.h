#pragma once

#include <sys/types.h>

#include <memory>
#include <optional>

#include "gaffer/process_template.h"
#include "gaffer/result.h"
#include "os/unique_fd.h"

namespace gaffer::os {

/// The two ends of a pseudoterminal, pty(7). Both close on exec.
struct Terminal {
  /// Ours, non-blocking: what is written here is typed, what is read was printed. When no process
  /// has the other end open any more, reading fails with EIO, which is the end and no error. Closing
  /// it hangs up: the session in the terminal gets SIGHUP.
  UniqueFd master;

  /// The process's: `SpawnPlan::stdio` three times, with `has_terminal`. To be closed here after the
  /// launch, or the master never sees the end.
  UniqueFd slave;
};

/// Makes a pseudoterminal. On devpts its device belongs to who makes it, with the mode of the mount,
/// mostly 0620; with `owner` it is given to that user, as login(1) does, so that a process of that
/// user can open /dev/tty and its device by name.
/// ERRORS: LimitReached (kernel.pty.max), PermissionDenied (`owner` needs CAP_CHOWN).
Result<Terminal> open_terminal(TerminalSize size, std::optional<uid_t> owner = std::nullopt);

/// What has to be typed for an end of file, VEOF in termios(3); nothing where the terminal is raw and
/// has none.
std::optional<char> end_of_file(int master);

/// Tells the terminal, and by SIGWINCH the processes in its foreground, that its size has changed.
Result<void> resize(int master, TerminalSize size);

/// The size of the terminal on standard input; nothing if it is none.
std::optional<TerminalSize> own_terminal_size();

/// While it lives every key that is pressed comes at once and as it is, also Ctrl-C, and is not
/// shown; then the terminal is as it was.
class RawTerminal {
 public:
  /// Of the terminal on standard input. ERRORS: Io where it is none.
  static Result<RawTerminal> enter();
  RawTerminal(RawTerminal&& other) noexcept;
  RawTerminal& operator=(RawTerminal&& other) noexcept;
  ~RawTerminal();

 private:
  struct Settings;
  explicit RawTerminal(std::unique_ptr<Settings> before);

  std::unique_ptr<Settings> before_;
};

}  // namespace gaffer::os
