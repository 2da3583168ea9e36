#include "programs/setup/process_host.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/strings.h"
#include "os/host.h"
#include "os/proc_fs.h"

namespace gaffer::programs {
namespace {

constexpr std::string_view kPrefix = "gaffer.";

// One that was killed could not remove its cgroups. Those in which processes live stay, and so do
// those of one that lives.
void remove_those_left_behind(const std::string& own) {
  for (const std::string& name : os::cgroups_in(own)) {
    if (!name.starts_with(kPrefix)) continue;
    const auto pid = parse_number<pid_t>(std::string_view(name).substr(kPrefix.size()));
    if (pid && !os::read_proc_stat(*pid))
      os::remove_empty_cgroups(std::string(own).append("/").append(name));
  }
}

Result<os::Cgroup> make_cgroup() {
  GAFFER_TRY(const std::string own, os::own_cgroup_directory());
  remove_those_left_behind(own);
  return os::Cgroup::create(own, std::string(kPrefix) + std::to_string(os::own_pid()));
}

// What a service manager has said to us alone, sd_notify(3): a process that spoke for us could end us.
std::vector<std::string> environment_of_processes() {
  std::vector<std::string> variables = os::environment();
  std::erase_if(variables, [](std::string_view variable) {
    return variable.starts_with("NOTIFY_SOCKET=") || variable.starts_with("WATCHDOG_PID=") ||
           variable.starts_with("WATCHDOG_USEC=");
  });
  return variables;
}

}  // namespace

Result<std::unique_ptr<ProcessHost>> ProcessHost::create(uv::Loop& loop,
                                                         keeper::KeeperLink* keeper) {
  std::unique_ptr<ProcessHost> host(new ProcessHost);
  GAFFER_TRY(host->limit_of_children_, os::raise_descriptor_limit());
  if (auto cgroup = make_cgroup()) host->cgroup_.emplace(*std::move(cgroup));
  if (keeper) {
    GAFFER_TRY(auto launcher, keeper::KeeperLauncher::create(loop, *keeper));
    host->kept_ = launcher.get();
    host->launcher_ = std::move(launcher);
    return host;
  }
  GAFFER_TRY(auto launcher, LocalLauncher::create(loop));
  host->reaper_ = std::make_unique<OrphanReaper>(loop, *launcher);
  host->launcher_ = std::move(launcher);
  return host;
}

void ProcessHost::set_acknowledge(std::function<void(std::function<void()>)> acknowledge) {
  if (kept_) kept_->set_acknowledge(std::move(acknowledge));
}

void ProcessHost::set_on_keeper_gone(std::function<void()> on_gone) {
  if (kept_) kept_->set_on_gone(std::move(on_gone));
}

void ProcessHost::end_what_is_left() {
  if (kept_) kept_->end_what_is_left();
}

Manager::Settings ProcessHost::settings() const {
  return {.environment = environment_of_processes(),
          .descriptor_limit = limit_of_children_,
          .cgroup_directory = cgroup_ ? cgroup_->path() : ""};
}

}  // namespace gaffer::programs
