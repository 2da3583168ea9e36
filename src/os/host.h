#pragma once

#include <sys/resource.h>
#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "gaffer/result.h"

/// \file
/// What this process was given by its surroundings: environment, limits, terminal.

namespace gaffer::os {

/// NAME=value of this process.
std::vector<std::string> environment();

/// The value of an environment variable; empty when it is not set.
std::string environment_variable(const std::string& name);

/// The same, and unsets it: it is for this program alone.
std::string take_environment_variable(const std::string& name);

/// Becomes another program, `words[0]` a path; what is `kept` stays open, and all that is not
/// close-on-exec. ERRORS: NotFound, PermissionDenied. Returns only then.
Error become_program(const std::vector<std::string>& words, const std::vector<int>& kept = {});

/// Raises the soft limit of open files to the hard one and returns what it was, so that children
/// can be given back what they would have had (select(2) breaks above 1,024).
Result<rlim_t> raise_descriptor_limit();

/// Opens /dev/null where descriptor 0, 1 or 2 is closed, so that nothing else of ours comes to lie
/// there and is written to.
void open_missing_standard_descriptors();

/// Brings the signals of a program into a known state, whatever it was started with: none is
/// blocked, ended children can be waited for, and writing to a connection whose other end is gone,
/// or beyond a limit of file sizes, becomes an error instead of the end of the program.
void settle_signals();

/// Whether a signal is ignored, as SIGHUP is under nohup(1).
bool is_ignored(int signal);

/// Standard output or error is a terminal.
bool is_terminal(int fd);

/// Columns of the terminal on standard output; 80 where there is none.
std::size_t terminal_columns();

/// Whether a write of up to 4 KiB would not block, now or within `patience`; also when it would
/// fail.
bool is_writable(int fd, std::chrono::milliseconds patience = {});

/// Writes everything to standard output (1) or error (2).
/// ERRORS: Io with EPIPE when nobody reads any more; LimitReached when the disk is full.
Result<void> write_standard(int fd, std::string_view bytes);

/// What there is to read on standard input, at most `max_bytes`; empty at its end. Blocks while
/// there is nothing.
Result<std::string> read_standard_input(std::size_t max_bytes);

/// Waits so long; a signal that is caught ends it earlier.
void pause(std::chrono::milliseconds duration);

pid_t own_pid();
pid_t parent_pid();

/// CLOCK_BOOTTIME.
std::chrono::nanoseconds since_boot();

/// The file that this process executes; empty where /proc does not say.
std::string own_program();

/// ERRORS: NotFound when there is no such process, PermissionDenied.
Result<void> signal_process(pid_t pid, int signal);

}  // namespace gaffer::os
