#include "os/file_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/strings.h"
#include "os/files.h"

namespace gaffer::os {

Result<UniqueFd> lock_file(const std::string& path, pid_t pid) {
  UniqueFd file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!file.is_open()) return os_error("cannot open " + path, errno);
  if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return os_error("cannot lock " + path, errno);
    const auto holder = read_file(path);
    const std::string who = holder ? std::string(trim(*holder)) : "?";
    return Error{Errc::Busy, EWOULDBLOCK, path + " is held by process " + who};
  }
  const std::string text = std::to_string(pid) + "\n";
  if (::ftruncate(file.get(), 0) != 0 ||
      ::pwrite(file.get(), text.data(), text.size(), 0) != static_cast<ssize_t>(text.size())) {
    return os_error("cannot write " + path, errno);
  }
  return file;
}

}  // namespace gaffer::os
