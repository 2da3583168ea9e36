#pragma once

#include <sys/types.h>

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include "os/resource_limits.h"
#include "os/users.h"

/// \file
/// What a child does between clone and execve, while it still shares its parent's memory.

namespace gaffer::os {

/// What failed between clone and execve.
enum class Step {
  None,
  Announcement,
  Cgroup,
  Table,
  Session,
  Stdio,
  Terminal,
  Limit,
  Directory,
  Groups,
  User,
  Execute,
};

/// The errno of what was asked for in vain, 0 where it was granted or not asked for.
struct Refusals {
  int niceness = 0;
  int io_priority = 0;
  int processors = 0;
  int oom_score_adj = 0;
};

/// What the child reads, and below what it writes. Everything that it points to lives in the
/// parent, which sleeps meanwhile.
struct Handover {
  int announce_on = -1;                     ///< A socket, or -1.
  std::span<const std::byte> announcement;  ///< What to send there before all else.
  const char* const* candidates;            ///< Paths to try, null-terminated.
  char* const* argv;
  char* const* environment;
  const char* directory;         ///< Or null.
  int cgroup_members = -1;       ///< cgroup.procs of the cgroup to enter, open for writing, or -1.
  bool shares_table;             ///< With the parent; else the child has a copy, and
  int highest_open;              ///< this is the highest number in it.
  std::array<int, 3> stdio;      ///< What becomes 0, 1 and 2.
  std::span<const int> further;  ///< What becomes 3, 4 …; none of them is one of these numbers.
  int beyond_streams;            ///< The first number above all of them.
  bool has_terminal;             ///< Descriptor 0 becomes the session's terminal.
  std::span<const NumberedLimit> limits;
  std::optional<rlim_t> descriptor_limit;  ///< Soft, cut to the hard one.
  std::optional<mode_t> file_mode_mask;
  const Identity* identity;  ///< Or null.

  std::optional<int> niceness;
  std::optional<int> io_priority;             ///< Class and level as ioprio_set(2) wants them.
  std::span<const unsigned long> processors;  ///< A bit for each; empty: as the parent.
  std::string_view oom_score_adj;             ///< In decimal; empty: as the parent.

  Step failed = Step::None;
  int error = 0;
  bool is_announced = false;
  std::size_t failed_limit = 0;  ///< Which one, when a limit failed.
  Refusals refused;
};

/// For `vfork_clone`, over a Handover: makes raw system calls only, in the order that
/// `Spawner` promises. Returns only when it failed.
int set_up_and_execute(void* handover);

}  // namespace gaffer::os
