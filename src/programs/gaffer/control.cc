#include <algorithm>
#include <string>
#include <vector>

#include "client/daemon.h"
#include "os/host.h"
#include "programs/gaffer/commands.h"

namespace gaffer::programs {
namespace {

// `web: 2 running`, `web: 1 running, 1 waiting (cannot execute serve: …)`.
std::string summary(const TemplateInfo& info) {
  std::string counts;
  std::string reason;
  using enum ProcessState;
  for (const ProcessState state :
       {Running, Starting, Restarting, Reloading, Waiting, Stopping, Failed, Stopped}) {
    std::size_t count = 0;
    for (const ProcessInfo& process : info.processes) {
      if (process.state != state) continue;
      ++count;
      if (state == Waiting || state == Failed) reason = " (" + process.reason + ")";
    }
    if (count == 0) continue;
    counts +=
        (counts.empty() ? "" : ", ") + std::to_string(count) + " " + std::string(state_name(state));
  }
  return info.process_template.name + ": " + (counts.empty() ? "no processes" : counts) + reason;
}

bool has_failed(const TemplateInfo& info) {
  return info.is_wanted && std::ranges::any_of(info.processes, [](const ProcessInfo& process) {
           return process.state == ProcessState::Waiting || process.state == ProcessState::Failed;
         });
}

int show(const client::Daemon::Answer& answer) {
  if (!answer) return report(answer.error());
  int status = kDone;
  for (const TemplateInfo& info : *answer) {
    if (const auto written = os::write_standard(1, summary(info) + "\n"); !written)
      return report(written.error());
    if (has_failed(info)) status = kFailed;
  }
  return status;
}

}  // namespace

int run_control(const std::string& socket, const std::string& verb,
                const std::vector<std::string>& targets) {
  int status = kDone;
  for (const auto& answer : client::Daemon(socket).act(targets, verb)) {
    const int one = show(answer);
    if (one != kDone) status = one;
  }
  return status;
}

int run_scale(const std::string& socket, const std::vector<std::string>& scales) {
  const client::Daemon daemon(socket);
  int status = kDone;
  for (const std::string& text : scales) {
    const auto scale = parse_scale(text);
    const int one =
        scale ? show(daemon.scale(scale->name, scale->expression)) : report(scale.error());
    if (one != kDone) status = one;
  }
  return status;
}

}  // namespace gaffer::programs
