#include "os/files.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <memory>

#include <dirent.h>

namespace gaffer::os {
namespace {

constexpr std::uint64_t kBlock = 4096;

Result<void> write_all(int fd, std::string_view content, const std::string& path) {
  while (!content.empty()) {
    const ssize_t written = ::write(fd, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return os_error("cannot write " + path, errno);
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

std::string parent_of(const std::string& path) {
  const auto slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

Result<void> sync_directory(const std::string& path) {
  const UniqueFd directory(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory.is_open() || ::fsync(directory.get()) != 0) {
    return os_error("cannot sync directory " + path, errno);
  }
  return {};
}

Result<Pipe> pipe_that_does_not_block_at(std::size_t end) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return os_error("cannot make a pipe", errno);
  Pipe pipe{UniqueFd(ends[0]), UniqueFd(ends[1])};
  if (is_reserved(std::max(ends[0], ends[1]))) return os_error("cannot make a pipe", EMFILE);
  if (::fcntl(ends[end], F_SETFL, O_NONBLOCK) != 0) return os_error("cannot make a pipe", errno);
  return pipe;
}

Result<std::size_t> copy_to_file(int stream, int file, std::uint64_t offset,
                                 std::size_t max_bytes) {
  std::array<char, 16384> buffer{};
  const std::size_t most = std::min(max_bytes, buffer.size());
  const auto at = static_cast<off_t>(offset);
  if (::fallocate(file, FALLOC_FL_KEEP_SIZE, at, static_cast<off_t>(most)) != 0 &&
      errno != EOPNOTSUPP) {
    return os_error("cannot write output", errno);
  }
  ssize_t got = 0;
  do {
    got = ::read(stream, buffer.data(), most);
    // ECONNRESET: the other end of a socket is gone and has left something unread. It is said once,
    // and before what has been written there is handed over.
  } while (got < 0 && (errno == EINTR || errno == ECONNRESET));
  if (got < 0 && errno == EIO) return 0;  // Nobody has the terminal open any more.
  if (got < 0) return os_error("cannot read a stream", errno);
  const auto size = static_cast<std::size_t>(got);
  for (std::size_t done = 0; done < size;) {
    const ssize_t written =
        ::pwrite(file, buffer.data() + done, size - done, at + static_cast<off_t>(done));
    if (written < 0 && errno != EINTR) return os_error("cannot write output", errno);
    if (written > 0) done += static_cast<std::size_t>(written);
  }
  return size;
}

}  // namespace

Result<std::string> read_file(const std::string& path, std::size_t max_bytes) {
  const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.is_open()) return os_error("cannot open " + path, errno);
  std::string content;
  std::array<char, 16384> buffer{};
  while (true) {
    const ssize_t got = ::read(file.get(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return os_error("cannot read " + path, errno);
    if (got == 0) return content;
    content.append(buffer.data(), static_cast<std::size_t>(got));
    if (content.size() > max_bytes) {
      return Error{Errc::LimitReached, 0,
                   "cannot read " + path + ": longer than " + std::to_string(max_bytes) + " bytes"};
    }
  }
}

Result<void> write_file_atomically(const std::string& path, std::string_view content, mode_t mode) {
  std::string temporary = path + ".XXXXXX";
  const UniqueFd file(::mkostemp(temporary.data(), O_CLOEXEC));
  if (!file.is_open()) return os_error("cannot create " + temporary, errno);
  auto done = write_all(file.get(), content, temporary);
  if (done && (::fchmod(file.get(), mode) != 0 || ::fsync(file.get()) != 0 ||
               ::rename(temporary.c_str(), path.c_str()) != 0)) {
    done = os_error("cannot write " + path, errno);
  }
  if (!done) {
    ::unlink(temporary.c_str());
    return done;
  }
  return sync_directory(parent_of(path));
}

Result<void> make_directories(const std::string& path, mode_t mode) {
  for (std::size_t end = 0; end != std::string::npos;) {
    end = path.find('/', end + 1);
    const std::string part = path.substr(0, end);
    if (::mkdir(part.c_str(), mode) == 0) {
      if (::chmod(part.c_str(), mode) != 0) return os_error("cannot set mode of " + part, errno);
    } else if (errno != EEXIST) {
      return os_error("cannot create directory " + part, errno);
    }
  }
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) return os_error("cannot create directory " + path, errno);
  if (!S_ISDIR(info.st_mode)) return os_error("cannot create directory " + path, ENOTDIR);
  return {};
}

void remove_file(const std::string& path) { ::unlink(path.c_str()); }

bool is_directory(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

Result<std::vector<std::string>> files_in(const std::string& directory) {
  const std::unique_ptr<DIR, int (*)(DIR*)> open(::opendir(directory.c_str()), ::closedir);
  if (!open) return os_error("cannot open " + directory, errno);
  std::vector<std::string> names;
  while (const dirent* entry =
             ::readdir(open.get())) {  // NOLINT(concurrency-mt-unsafe): ours alone
    if (entry->d_name[0] != '.') names.emplace_back(entry->d_name);
  }
  std::ranges::sort(names);
  return names;
}

bool file_exists(const std::string& path) { return ::access(path.c_str(), F_OK) == 0; }

Result<std::string> current_directory() {
  const std::unique_ptr<char, void (*)(void*)> path(::getcwd(nullptr, 0), ::free);
  if (!path) return os_error("cannot tell the working directory", errno);
  return std::string(path.get());
}

std::size_t descriptor_limit() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  return limit.rlim_cur;
}

bool is_reserved(int fd) {
  const std::size_t limit = descriptor_limit();
  const auto reserved = std::min<std::size_t>(kReservedDescriptors, limit / 4);
  return static_cast<std::size_t>(fd) >= limit - reserved;
}

Result<UniqueFd> memory_file(const std::string& name) {
  UniqueFd file(::memfd_create(name.c_str(), MFD_CLOEXEC));
  if (!file.is_open()) return os_error("cannot create a memory file", errno);
  if (is_reserved(file.get())) return os_error("cannot create a memory file", EMFILE);
  return file;
}

Result<std::uint64_t> file_size(int fd) {
  struct stat info {};
  if (::fstat(fd, &info) != 0) return os_error("cannot tell a file's size", errno);
  return static_cast<std::uint64_t>(info.st_size);
}

Result<std::size_t> read_at(int fd, std::uint64_t offset, std::span<char> into) {
  while (true) {
    const ssize_t got = ::pread(fd, into.data(), into.size(), static_cast<off_t>(offset));
    if (got >= 0) return static_cast<std::size_t>(got);
    if (errno != EINTR) return os_error("cannot read a log", errno);
  }
}

Result<void> release_front(int fd, std::uint64_t length) {
  const auto whole = static_cast<off_t>(length / kBlock * kBlock);
  if (whole > 0 && ::fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, whole) != 0) {
    return os_error("cannot release the front of a log", errno);
  }
  return {};
}

Result<Pipe> make_pipe() { return pipe_that_does_not_block_at(0); }

Result<Pipe> make_input_pipe() { return pipe_that_does_not_block_at(1); }

Result<UniqueFd> duplicate(int fd) {
  UniqueFd other(::fcntl(fd, F_DUPFD_CLOEXEC, 0));
  if (!other.is_open()) return os_error("cannot duplicate a descriptor", errno);
  return other;
}

PipeState pipe_state(int pipe) {
  pollfd asked{pipe, POLLIN, 0};
  if (::poll(&asked, 1, 0) <= 0) return PipeState::Empty;
  return (asked.revents & POLLIN) != 0 ? PipeState::HasBytes : PipeState::Ended;
}

Result<std::size_t> splice_to_file(int pipe, int file, std::uint64_t offset,
                                   std::size_t max_bytes) {
  auto at = static_cast<off64_t>(offset);
  while (true) {
    const ssize_t moved = ::splice(pipe, nullptr, file, &at, max_bytes, SPLICE_F_NONBLOCK);
    if (moved >= 0) return static_cast<std::size_t>(moved);
    if (errno == EINVAL) return copy_to_file(pipe, file, offset, max_bytes);
    if (errno != EINTR) return os_error("cannot write output", errno);
  }
}

Result<void> make_private_file(const std::string& path) {
  constexpr mode_t kPrivate = 0600;
  const UniqueFd file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, kPrivate));
  if (!file.is_open()) return os_error("cannot open " + path, errno);
  return {};
}

}  // namespace gaffer::os
