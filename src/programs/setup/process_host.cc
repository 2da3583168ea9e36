#include "programs/setup/process_host.h"

#include <string>
#include <utility>

#include "os/host.h"

namespace gaffer::programs {
namespace {

Result<os::Cgroup> make_cgroup() {
  GAFFER_TRY(const std::string own, os::own_cgroup_directory());
  return os::Cgroup::create(own, "gaffer." + std::to_string(os::own_pid()));
}

}  // namespace

Result<std::unique_ptr<ProcessHost>> ProcessHost::create(uv::Loop& loop) {
  std::unique_ptr<ProcessHost> host(new ProcessHost);
  GAFFER_TRY(host->limit_of_children_, os::raise_descriptor_limit());
  if (auto cgroup = make_cgroup()) host->cgroup_.emplace(*std::move(cgroup));
  GAFFER_TRY(host->launcher_, LocalLauncher::create(loop));
  host->reaper_ = std::make_unique<OrphanReaper>(loop, *host->launcher_);
  return host;
}

Manager::Settings ProcessHost::settings() const {
  return {.environment = os::environment(),
          .descriptor_limit = limit_of_children_,
          .cgroup_directory = cgroup_ ? cgroup_->path() : ""};
}

}  // namespace gaffer::programs
