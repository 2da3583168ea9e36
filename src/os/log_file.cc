#include "os/log_file.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/fsuid.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <memory>

#include <dirent.h>

#include "os/files.h"

namespace gaffer::os {
namespace {

constexpr mode_t kMode = 0640;
constexpr std::uint64_t kBlock = 4096;

// No O_APPEND: splice(2) refuses such files. O_NONBLOCK: a FIFO of that name must not hang us.
int open_carefully(const std::string& path, bool through_links) {
  open_how how{};
  how.flags = O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
  how.mode = kMode;
  how.resolve = RESOLVE_NO_MAGICLINKS | (through_links ? 0U : RESOLVE_NO_SYMLINKS);
  return static_cast<int>(::syscall(SYS_openat2, AT_FDCWD, path.c_str(), &how, sizeof(how)));
}

Result<void> require_plain_file(int file, const std::string& path) {
  struct stat info {};
  if (::fstat(file, &info) != 0) return os_error("cannot open log " + path, errno);
  if (!S_ISREG(info.st_mode))
    return Error{Errc::InvalidArgument, 0, "cannot open log " + path + ": not a regular file"};
  if (info.st_nlink != 1)
    return Error{Errc::InvalidArgument, 0,
                 "cannot open log " + path + ": the file has several names"};
  return {};
}

}  // namespace

RightsOf::RightsOf(const std::optional<LogOwner>& owner) : is_other_(owner.has_value()) {
  if (!owner) return;
  group_ = ::setfsgid(owner->group);
  user_ = ::setfsuid(owner->user);
}

RightsOf::~RightsOf() {
  if (!is_other_) return;
  ::setfsuid(static_cast<uid_t>(user_));
  ::setfsgid(static_cast<gid_t>(group_));
}

Result<UniqueFd> open_log(const std::string& path, const std::optional<LogOwner>& owner) {
  UniqueFd file;
  {
    const RightsOf rights(owner);
    file.reset(open_carefully(path, !owner));
  }
  if (!file.is_open()) return os_error("cannot open log " + path, errno);
  if (is_reserved(file.get())) return os_error("cannot open log " + path, EMFILE);
  GAFFER_TRY(require_plain_file(file.get(), path));
  if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    return Error{Errc::Busy, errno, "cannot open log " + path + ": somebody else writes to it"};
  }
  return file;
}

Result<UniqueFd> open_to_read(const std::string& path) {
  UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (!file.is_open()) return os_error("cannot open " + path, errno);
  return file;
}

Result<UniqueFd> open_beside_log(const std::string& path) {
  UniqueFd file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, kMode));
  if (!file.is_open()) return os_error("cannot open " + path, errno);
  if (is_reserved(file.get())) return os_error("cannot open " + path, EMFILE);
  return file;
}

Result<FileFacts> file_facts(const std::string& path) {
  struct stat info {};
  if (::lstat(path.c_str(), &info) != 0) return os_error("cannot look at " + path, errno);
  const auto changed =
      std::chrono::seconds(info.st_mtim.tv_sec) + std::chrono::nanoseconds(info.st_mtim.tv_nsec);
  return FileFacts{.size = static_cast<std::uint64_t>(info.st_size),
                   .changed = std::chrono::system_clock::time_point(changed)};
}

Result<void> rename_file(const std::string& from, const std::string& to) {
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return {};
  return os_error("cannot rename " + from + " to " + to, errno);
}

Result<void> replace_file(const std::string& path, std::string_view content) {
  const std::string temporary = path + ".new";
  UniqueFd file(
      ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, kMode));
  if (!file.is_open()) return os_error("cannot create " + temporary, errno);
  auto done = write_at(file.get(), 0, content);
  if (done && ::rename(temporary.c_str(), path.c_str()) != 0)
    done = os_error("cannot write " + path, errno);
  if (!done) ::unlink(temporary.c_str());
  return done;
}

Result<std::vector<std::string>> names_in(const std::string& directory) {
  const std::unique_ptr<DIR, int (*)(DIR*)> open(::opendir(directory.c_str()), ::closedir);
  if (!open) return os_error("cannot read directory " + directory, errno);
  std::vector<std::string> names;
  while (const dirent* entry = ::readdir(open.get()))
    names.emplace_back(entry->d_name);
  return names;
}

Result<void> write_at(int fd, std::uint64_t offset, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::pwrite(fd, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return os_error("cannot write output", errno);
    offset += static_cast<std::uint64_t>(written);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

Result<void> truncate(int fd, std::uint64_t size) {
  if (::ftruncate(fd, static_cast<off_t>(size)) == 0) return {};
  return os_error("cannot cut a file", errno);
}

namespace {

Result<std::uint64_t> seek(int fd, std::uint64_t from, int what) {
  const off_t at = ::lseek(fd, static_cast<off_t>(from), what);
  if (at >= 0) return static_cast<std::uint64_t>(at);
  if (errno == ENXIO) return file_size(fd);
  return os_error("cannot look through a log", errno);
}

}  // namespace

Result<std::uint64_t> next_data(int fd, std::uint64_t from) { return seek(fd, from, SEEK_DATA); }
Result<std::uint64_t> next_hole(int fd, std::uint64_t from) { return seek(fd, from, SEEK_HOLE); }

Result<void> reserve_range(int fd, std::uint64_t from, std::uint64_t bytes) {
  if (::fallocate(fd, FALLOC_FL_KEEP_SIZE, static_cast<off_t>(from), static_cast<off_t>(bytes)) ==
      0)
    return {};
  return os_error("cannot reserve space for a log", errno);
}

Result<void> release_range(int fd, std::uint64_t from, std::uint64_t to) {
  from = (from + kBlock - 1) / kBlock * kBlock;
  to = to / kBlock * kBlock;
  if (from >= to) return {};
  if (::fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, static_cast<off_t>(from),
                  static_cast<off_t>(to - from)) == 0)
    return {};
  return os_error("cannot release a part of a log", errno);
}

}  // namespace gaffer::os
