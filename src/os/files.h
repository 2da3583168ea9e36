#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "gaffer/result.h"
#include "os/unique_fd.h"

namespace gaffer::os {

constexpr std::size_t kMaxTextFile = std::size_t{1} << 20;  ///< 1 MiB: no configuration is larger.

/// The whole content of a regular file or a /proc file.
/// ERRORS: NotFound, PermissionDenied, LimitReached when it is longer than `max_bytes`, Io.
Result<std::string> read_file(const std::string& path, std::size_t max_bytes = kMaxTextFile);

/// Replaces a file so that a reader, or a crash at any moment, finds the old or the new content and
/// never a part: temporary file beside it, fsync, rename, fsync of the directory.
/// The mode is exact, whatever the umask.
Result<void> write_file_atomically(const std::string& path, std::string_view content,
                                   mode_t mode = 0600);

/// Makes an empty file of mode 0600 where there is none; one that is there is left alone.
Result<void> make_private_file(const std::string& path);

/// Makes a directory and its missing parents. A directory made here has exactly `mode`; one that
/// was there is left alone.
Result<void> make_directories(const std::string& path, mode_t mode);

/// Removes a file, if it is there.
void remove_file(const std::string& path);

[[nodiscard]] bool file_exists(const std::string& path);
[[nodiscard]] bool is_directory(const std::string& path);

/// The names of what is in a directory, sorted, without those that begin with a dot.
/// ERRORS: NotFound, PermissionDenied, Io.
Result<std::vector<std::string>> files_in(const std::string& directory);

/// The working directory, absolute.
Result<std::string> current_directory();

/// How many descriptors this process may have, RLIMIT_NOFILE.
std::size_t descriptor_limit();

/// What there may be any number of, logs, files in memory, pipes and cgroups, leaves so many
/// descriptors, but at most a quarter, to what has to work when there are no more: a client that
/// asks for fewer processes, a look at /proc. It fails with LimitReached, "too many open files".
constexpr int kReservedDescriptors = 32;

/// Whether a descriptor that was just made is one of those: the kernel gives the lowest that is
/// free.
[[nodiscard]] bool is_reserved(int fd);

/// A file in memory with no name in any file system, gone with its last descriptor.
Result<UniqueFd> memory_file(const std::string& name);

Result<std::uint64_t> file_size(int fd);

/// Reads up to `into.size()` bytes at an offset; 0 at the end.
Result<std::size_t> read_at(int fd, std::uint64_t offset, std::span<char> into);

/// Gives the first `length` bytes back to the file system; they read as zeros from then on. The
/// length is rounded down to whole 4 KiB blocks.
Result<void> release_front(int fd, std::uint64_t length);

struct Pipe {
  UniqueFd read;
  UniqueFd write;
};

/// A pipe to read what a child writes: our end does not block, the child's does, as programs expect
/// it. Both close on exec.
Result<Pipe> make_pipe();

/// The same the other way round: the child reads what we write.
Result<Pipe> make_input_pipe();

enum class PipeState {
  Empty,  ///< Nothing for now; a writer is there.
  HasBytes,
  Ended,  ///< Nothing, and no writer any more.
};
PipeState pipe_state(int pipe);

/// Another descriptor of the same open file; it closes on exec.
Result<UniqueFd> duplicate(int fd);

/// Moves up to `max_bytes` from a pipe into a file at `offset` inside one system call, so that a
/// crash cannot find them taken from the pipe and not yet in the file. 0 is the end of the pipe.
/// From a terminal's master or a socket, which the kernel does not splice to a file, up to 16 KiB are copied: room is made
/// for them before, so that only a crash can lose some.
/// ERRORS: Busy when the pipe is empty for now, LimitReached when the disk is full, Io.
Result<std::size_t> splice_to_file(int pipe, int file, std::uint64_t offset, std::size_t max_bytes);

}  // namespace gaffer::os
