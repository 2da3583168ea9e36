#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "gaffer/result.h"
#include "os/spawn.h"
#include "support/temp_dir.h"

namespace gaffer::bench {

/// A gafferd of our own, in a folder of its own, that keeps sleeping children. Destroying it ends
/// it and them.
class Daemon {
 public:
  /// Starts one and returns when it says that it is ready.
  static Result<std::unique_ptr<Daemon>> start(std::size_t processes);
  Daemon(const Daemon&) = delete;
  Daemon& operator=(const Daemon&) = delete;
  ~Daemon();

  [[nodiscard]] pid_t pid() const { return child_.pid(); }

  [[nodiscard]] std::string directory() const { return directory_->path(); }

 private:
  Daemon(std::unique_ptr<test::TempDir> directory, os::Child child)
      : directory_(std::move(directory)), child_(std::move(child)) {}

  std::unique_ptr<test::TempDir> directory_;
  os::Child child_;
};

/// Memory in KiB, from /proc.
struct Memory {
  std::int64_t resident = 0;
  std::int64_t proportional = 0;   ///< PSS: shared pages divided by their users.
  std::int64_t private_dirty = 0;  ///< Its own alone.
  std::int64_t heap = 0;           ///< Private dirty pages of malloc's heap.
};
Memory memory_of(pid_t pid);

/// What all threads of a process have done so far.
struct Activity {
  std::int64_t wake_ups = 0;  ///< Context switches, voluntary or not.
  double cpu_microseconds = 0;
};
Activity activity_of(pid_t pid);

}  // namespace gaffer::bench
