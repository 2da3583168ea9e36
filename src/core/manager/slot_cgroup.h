#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "gaffer/process_template.h"
#include "gaffer/result.h"
#include "os/cgroup.h"

namespace gaffer {

/// The cgroup of a process, with what its counters said when the process was started.
struct CgroupOfRun {
  std::shared_ptr<const os::Cgroup> cgroup;  ///< Null: it has none of its own.
  std::uint64_t oom_kills = 0;

  /// Whether somebody in it was killed for want of memory since.
  [[nodiscard]] bool has_run_out_of_memory() const {
    return cgroup && cgroup->oom_kills() > oom_kills;
  }
};

/// Makes cgroups for the processes of a slot, and keeps one that has become empty for the next,
/// because making one takes longer than making a process.
class SlotCgroup {
 public:
  /// A cgroup in `parent`, or none where that is empty or nothing can be made there and the
  /// template does without.
  /// ERRORS: as os::Cgroup::create and limit, when the template has limits.
  Result<CgroupOfRun> take(const std::string& parent, const ProcessTemplate& process_template,
                           int slot, std::uint64_t pid);

  /// The process is gone. REQUIRES: nobody else holds the cgroup, or it is not kept.
  void give_back(CgroupOfRun run);

  /// There is no next one for now: keeps none, because each costs a descriptor.
  void forget() { spare_.reset(); }

 private:
  std::shared_ptr<const os::Cgroup> spare_;
  os::CgroupLimits limits_;  // Of the spare one.
};

}  // namespace gaffer
