#pragma once

/// \file
/// Log files: opened so that nobody can be led to write elsewhere, and moved about without waiting
/// for the disk. What is here may block where a file system hangs.

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gaffer/result.h"
#include "os/unique_fd.h"

namespace gaffer::os {

/// Whose rights decide where a log may be.
struct LogOwner {
  uid_t user = 0;
  gid_t group = 0;

  bool operator==(const LogOwner&) const = default;
};

/// As long as this is there, this thread has that user's rights to files: setfsuid(2). For whatever
/// is done by name in a directory that others may change: they cannot lead us where they could not go
/// themselves. Without an owner nothing changes.
class [[nodiscard]] RightsOf {
 public:
  explicit RightsOf(const std::optional<LogOwner>& owner);
  RightsOf(const RightsOf&) = delete;
  RightsOf& operator=(const RightsOf&) = delete;
  ~RightsOf();

 private:
  bool is_other_;
  int user_ = 0;
  int group_ = 0;
};

/// A log to write behind what is in it and to read: created with mode 0640 if missing. It closes on
/// exec, and is locked (flock(2)), so that it has one writer.
///
/// It has to be a regular file with one name, and its last component no symbolic link. With an
/// owner it is opened, and made, with that user's rights (setfsuid(2)) and through no symbolic link
/// at all: who may change the directory cannot lead us to a file that they could not write.
/// ERRORS: InvalidArgument when it is something else, Busy when it has another writer, LimitReached,
/// PermissionDenied, NotFound for a missing directory.
Result<UniqueFd> open_log(const std::string& path, const std::optional<LogOwner>& owner = {});

/// To read. ERRORS: NotFound …
Result<UniqueFd> open_to_read(const std::string& path);

/// A file that is there and has a fixed place, or is made with mode 0640, to write and to read.
Result<UniqueFd> open_beside_log(const std::string& path);

struct FileFacts {
  std::uint64_t size = 0;
  std::chrono::system_clock::time_point changed;
};
/// ERRORS: NotFound …
Result<FileFacts> file_facts(const std::string& path);

/// Gives a file another name, and never overwrites one.
/// ERRORS: NotFound, AlreadyExists …
Result<void> rename_file(const std::string& from, const std::string& to);

/// Replaces a file's content: a reader finds the old or the new one. Unlike `write_file_atomically`
/// it does not wait for the disk, so after a power failure it may be neither.
Result<void> replace_file(const std::string& path, std::string_view content);

/// The names in a directory, in no order. ERRORS: NotFound …
Result<std::vector<std::string>> names_in(const std::string& directory);

/// Writes all bytes at an offset. ERRORS: LimitReached when the disk is full, Io.
Result<void> write_at(int fd, std::uint64_t offset, std::string_view bytes);

Result<void> truncate(int fd, std::uint64_t size);

/// The first offset at or behind `from` that holds data; the file's size if there is none.
Result<std::uint64_t> next_data(int fd, std::uint64_t from);
/// The first offset at or behind `from` that was never written; the file's size if there is none.
Result<std::uint64_t> next_hole(int fd, std::uint64_t from);

/// Finds space for `bytes` from `from` on, the file's size stays: fallocate(2). Space behind the end
/// of a file is given back when it is truncated.
Result<void> reserve_range(int fd, std::uint64_t from, std::uint64_t bytes);

/// Gives bytes from `from` up to `to` back to the file system, as os::release_front.
Result<void> release_range(int fd, std::uint64_t from, std::uint64_t to);

}  // namespace gaffer::os
