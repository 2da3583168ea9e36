#include "os/append_line.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

namespace gaffer::os {
namespace {

bool is_longer(const std::string& path, std::uint64_t bytes) {
  struct stat found {};
  return ::lstat(path.c_str(), &found) == 0 && static_cast<std::uint64_t>(found.st_size) > bytes;
}

}  // namespace

Result<UniqueFd> open_to_append(const std::string& path, std::uint64_t max_bytes) {
  if (is_longer(path, max_bytes) && ::rename(path.c_str(), (path + ".1").c_str()) != 0)
    return os_error("cannot rename " + path, errno);
  UniqueFd file(::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC,
                       S_IRUSR | S_IWUSR));
  if (!file.is_open()) return os_error("cannot open " + path, errno);
  return file;
}

Result<void> append_line(const std::string& path, std::string_view line, std::uint64_t max_bytes) {
  const std::string whole = std::string(line) + "\n";
  const std::uint64_t room = max_bytes > whole.size() ? max_bytes - whole.size() : 0;
  GAFFER_TRY(const UniqueFd file, open_to_append(path, room));
  const ssize_t written = ::write(file.get(), whole.data(), whole.size());
  if (written < 0) return os_error("cannot write " + path, errno);
  if (static_cast<std::size_t>(written) != whole.size())
    return Error{Errc::LimitReached, 0, "cannot write " + path + ": no space left"};
  return {};
}

}  // namespace gaffer::os
