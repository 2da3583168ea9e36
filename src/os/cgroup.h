#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gaffer/result.h"
#include "os/unique_fd.h"

/// \file
/// Groups of processes that nobody leaves by forking: cgroup v2, cgroups(7) and
/// Documentation/admin-guide/cgroup-v2.rst of Linux.

namespace gaffer::os {

/// The directory of this process's own cgroup, also in a hybrid layout, where v2 is mounted beside
/// v1 and mostly without controllers.
/// ERRORS: NotFound when cgroup v2 is not mounted, or not where this process's cgroup can be seen.
Result<std::string> own_cgroup_directory();

/// The same from the texts of /proc/self/mountinfo and /proc/self/cgroup.
Result<std::string> cgroup_directory(std::string_view mountinfo, std::string_view own_cgroup);

/// The names of the cgroups in one; none if there is no such directory.
std::vector<std::string> cgroups_in(const std::string& directory);

/// Removes a cgroup and those directly in it, as far as no process is in them.
void remove_empty_cgroups(const std::string& directory);

/// Bounds for a cgroup with all that is below it. Empty: none.
struct CgroupLimits {
  std::optional<std::uint64_t> memory_bytes;  ///< Beyond it the kernel kills; swap is not counted.
  std::optional<double> processors;           ///< 0.5 is half of one; at least 0.01.
  std::optional<int> pids;  ///< Processes and threads; beyond it fork says EAGAIN.

  bool operator==(const CgroupLimits&) const = default;
};

/// Has a cgroup hand a controller down to those in it, and the one above it too where it must. Where
/// that one holds this process and no other, this process moves into a new cgroup `daemon` below
/// `path`, because a cgroup that holds processes may hand down nothing.
/// ERRORS: NotFound: `cgroup v2 has no memory controller here`; Busy when the cgroup above holds
/// other processes; PermissionDenied.
Result<void> enable_controller(const std::string& controller, const std::string& path);

/// A cgroup v2 of ours, and its directory. In the end the directory is removed, unless there are
/// processes or further cgroups in it: those are left where they are.
class Cgroup {
 public:
  /// Makes the directory `name` in the directory of a cgroup. One that was left empty by an earlier
  /// life is made anew, so that its limits and counters are gone.
  /// REQUIRES: `name` has no slash.
  /// ERRORS: Busy when there are processes in it, NotFound, PermissionDenied.
  static Result<Cgroup> create(const std::string& parent_directory, const std::string& name);

  Cgroup(Cgroup&& other) noexcept;
  Cgroup& operator=(Cgroup&&) = delete;
  Cgroup(const Cgroup&) = delete;
  Cgroup& operator=(const Cgroup&) = delete;
  ~Cgroup();

  /// Where it is in the file system.
  [[nodiscard]] const std::string& path() const { return path_; }

  /// Its directory, for `SpawnPlan::cgroup`. Valid as long as this object.
  [[nodiscard]] int descriptor() const { return directory_.get(); }

  /// Sets the bounds that are asked for, and has the parent hand down the controllers for them.
  /// ERRORS: as `enable_controller`: `cannot limit memory: cgroup v2 has no memory controller here`;
  /// InvalidArgument.
  [[nodiscard]] Result<void> limit(const CgroupLimits& limits) const;

  /// Sends SIGKILL to every process in it and below it, also to those that are forked meanwhile.
  /// Linux 5.14. ERRORS: NotFound where the kernel is older, PermissionDenied.
  [[nodiscard]] Result<void> kill() const;

  /// Whether `kill` was called. Then no process can be born in it any more: since Linux 6.14 one made
  /// by CLONE_INTO_CGROUP is killed at once, because fork compares the count of kills of its
  /// parent's cgroup with that of this one (kill_seq, kernel/cgroup/cgroup.c).
  [[nodiscard]] bool was_killed() const { return was_killed_; }

  /// Whether a process that is not a zombie is in it or below it. The kernel may tell some time
  /// after the last one was reaped; cgroup.events then becomes readable with POLLPRI.
  [[nodiscard]] Result<bool> is_populated() const;

  /// How many of its processes the kernel killed for want of memory; 0 without a memory controller.
  [[nodiscard]] std::uint64_t oom_kills() const;

 private:
  explicit Cgroup(std::string path) : path_(std::move(path)) {}

  std::string path_;  // Empty when moved from.
  UniqueFd directory_;
  mutable bool was_killed_ = false;
};

}  // namespace gaffer::os
