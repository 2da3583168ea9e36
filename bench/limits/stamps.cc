#include "limits/stamps.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/assert.h"

namespace gaffer::bench {

Stamps::Stamps() : path_(directory_.path("stamps")) {
  GAFFER_ASSERT(::mkfifo(path_.c_str(), 0600) == 0, "a fifo can be made");
  fifo_.reset(::open(path_.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC));
  GAFFER_ASSERT(fifo_.is_open(), "the fifo can be opened");
}

std::optional<Stamp> Stamps::next() {
  Stamp stamp;
  if (::read(fifo_.get(), &stamp, sizeof(stamp)) != sizeof(stamp)) return std::nullopt;
  return stamp;
}

}  // namespace gaffer::bench
