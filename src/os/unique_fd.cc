#include "os/unique_fd.h"

#include <unistd.h>

namespace gaffer::os {

void UniqueFd::reset(int fd) {
  if (const int old = std::exchange(fd_, fd); old >= 0) ::close(old);
}

}  // namespace gaffer::os
