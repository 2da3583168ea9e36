#pragma once

#include <optional>
#include <string>

#include "limits/stamp.h"
#include "os/unique_fd.h"
#include "support/temp_dir.h"

namespace gaffer::bench {

/// Where the children report: a FIFO by name, because they see no descriptor but 0, 1 and 2.
class Stamps {
 public:
  Stamps();

  [[nodiscard]] const std::string& path() const { return path_; }
  /// Readable when there is a stamp.
  [[nodiscard]] int fd() const { return fifo_.get(); }
  std::optional<Stamp> next();

 private:
  test::TempDir directory_;
  std::string path_;
  os::UniqueFd fifo_;  // Open for both, so that a child's open never waits.
};

}  // namespace gaffer::bench
