#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gaffer/result.h"
#include "os/unique_fd.h"

/// \file
/// /proc for those who read the same files again and again.

namespace gaffer::os {

/// A small file of the kernel's whose descriptor stays open from the first read on. It costs a
/// quarter of opening the file each time. Where half of all descriptors are in use it is opened each
/// time.
class KeptFile {
 public:
  /// Reads it from its beginning, at most as much as there is room. `path()` is asked for while it
  /// is not open.
  /// ERRORS: NotFound, also when it was that of a process that has been reaped; PermissionDenied.
  template <typename Path>
  Result<std::string_view> read(const Path& path, std::span<char> room) {
    return fd_.is_open() ? read_again(room) : read_first(path(), room);
  }
  [[nodiscard]] bool is_open() const { return fd_.is_open(); }

 private:
  Result<std::string_view> read_again(std::span<char> room) const;
  Result<std::string_view> read_first(const std::string& path, std::span<char> room);

  UniqueFd fd_;
};

/// What /proc/PID/stat says, proc(5).
struct ProcessUse {
  char state = '?';
  pid_t parent = 0;
  std::chrono::nanoseconds cpu_time{};        ///< Of all its threads, also of ended ones.
  std::chrono::nanoseconds ended_cpu_time{};  ///< Of its children that it has waited for.
  int nice = 0;
  int threads = 0;
  std::uint64_t start_ticks = 0;
  std::uint64_t virtual_bytes = 0;
  std::uint64_t resident_bytes = 0;
  std::string_view command;  ///< The first 15 bytes of its program's name.
};

/// ERRORS: Protocol when the line cannot be read. Its views are into the line.
Result<ProcessUse> parse_process_use(std::string_view line);

/// One process of the kernel, looked at again and again.
///
/// A kept descriptor belongs to the process and not to its number: once it is reaped there is
/// nothing to read. Without one the start time tells whether it is still the same.
class ProcessFiles {
 public:
  explicit ProcessFiles(pid_t pid) : pid_(pid) {}

  [[nodiscard]] pid_t pid() const { return pid_; }

  /// The processor time is exact where the kernel tells, else in steps of 10 ms. Views are into
  /// `room`.
  /// ERRORS: NotFound when it is gone, PermissionDenied where /proc hides it; Protocol.
  Result<ProcessUse> use(std::span<char> room);

  /// Appends its children; `threads` are its own, ProcessUse::threads. Nothing where the kernel has
  /// no such file (CONFIG_PROC_CHILDREN).
  void append_children(int threads, std::span<char> room, std::vector<pid_t>& into);

  struct Io {
    std::uint64_t read_bytes = 0;
    std::uint64_t written_bytes = 0;
  };
  /// Nothing where it may not be read.
  std::optional<Io> io(std::span<char> room);

  /// \name Opened each time. Nothing where it may not be read.
  /// @{
  [[nodiscard]] std::optional<std::uint64_t> open_files() const;
  [[nodiscard]] std::optional<std::uint64_t> proportional_bytes() const;
  /// Its words with blanks between, at most 4 KiB; empty for a zombie.
  [[nodiscard]] std::optional<std::string> command_line() const;
  /// Whom it acts for.
  [[nodiscard]] std::optional<uid_t> user() const;
  /// @}

 private:
  [[nodiscard]] std::string path(std::string_view file) const;

  pid_t pid_;
  std::uint64_t start_ticks_ = 0;  // 0: not looked at yet.
  KeptFile stat_;
  KeptFile children_;
  KeptFile io_;
};

/// The processes in a cgroup, whose directory is `path`. `file` is kept for the next time.
std::vector<pid_t> members_of_cgroup(KeptFile& file, const std::string& path, std::span<char> room);

/// The session of a process; 0 if there is no such process.
pid_t session_of(pid_t pid);

/// The memory of the machine.
std::uint64_t memory_bytes();

}  // namespace gaffer::os
