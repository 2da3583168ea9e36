#include "core/manager/slot_cgroup.h"

#include <utility>

namespace gaffer {
namespace {

os::CgroupLimits limits_of(const ProcessTemplate& process_template) {
  return {.memory_bytes = process_template.memory_limit,
          .processors = process_template.cpu_limit,
          .pids = process_template.pids_limit};
}

Result<std::shared_ptr<const os::Cgroup>> make(const std::string& parent, const std::string& name,
                                               const os::CgroupLimits& limits) {
  if (parent.empty())
    return Error{Errc::NotFound, 0, "cannot limit memory, cpu or pids: there is no cgroup for it"};
  GAFFER_TRY(os::Cgroup cgroup, os::Cgroup::create(parent, name));
  if (limits != os::CgroupLimits{}) GAFFER_TRY(cgroup.limit(limits));
  return std::make_shared<const os::Cgroup>(std::move(cgroup));
}

}  // namespace

Result<CgroupOfRun> SlotCgroup::take(const std::string& parent,
                                     const ProcessTemplate& process_template, int slot,
                                     std::uint64_t pid) {
  const os::CgroupLimits limits = limits_of(process_template);
  const bool has_limits = limits != os::CgroupLimits{};
  if (parent.empty() && !has_limits) return CgroupOfRun{};
  CgroupOfRun run{.cgroup = std::move(spare_)};
  if (!run.cgroup || limits != limits_) {
    run.cgroup.reset();  // Removed before the next is made: it may have the same limits to give.
    auto made =
        make(parent, process_template.name + "." + std::to_string(slot) + "." + std::to_string(pid),
             limits);
    if (!made && has_limits) return made.error();
    if (made) run.cgroup = *std::move(made);
    limits_ = limits;
  }
  if (run.cgroup) run.oom_kills = run.cgroup->oom_kills();
  return run;
}

void SlotCgroup::give_back(CgroupOfRun run) {
  if (!run.cgroup || run.cgroup.use_count() > 1 || run.cgroup->was_killed()) return;
  const auto is_populated = run.cgroup->is_populated();
  if (is_populated && !*is_populated) spare_ = std::move(run.cgroup);
}

}  // namespace gaffer
