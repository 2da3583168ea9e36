#include <algorithm>
#include <array>
#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/explain.h"
#include "core/config/text_forms.h"
#include "os/host.h"
#include "programs/gaffer/commands.h"

namespace gaffer::programs {
namespace {

using Templates = std::vector<TemplateInfo>;

/// What can be waited for.
constexpr auto kGoals = std::to_array<std::string_view>({"running", "stopped", "failed", "exit"});

std::vector<std::string> goal_words() { return {kGoals.begin(), kGoals.end()}; }

struct WaitOptions {
  std::vector<std::string> targets;
  std::string goal = "running";
  std::string timeout;
};

template <typename Condition>
bool all_processes(const Templates& templates, const Condition& condition) {
  return std::ranges::all_of(templates, [&](const TemplateInfo& info) {
    return std::ranges::all_of(info.processes, condition);
  });
}

/// gaffer's pid of whoever runs in each slot at first, to see that this one has ended.
using Pids = std::map<std::string, std::uint64_t>;

Pids running_pids(const Templates& templates) {
  Pids pids;
  for (const TemplateInfo& info : templates) {
    for (const ProcessInfo& process : info.processes) {
      if (process.os_pid != 0) pids.emplace(label_of(process), process.pid);
    }
  }
  return pids;
}

bool has_ended(const Pids& first, const Templates& now) {
  const Pids pids = running_pids(now);
  return std::ranges::none_of(first, [&](const auto& one) {
    const auto found = pids.find(one.first);
    return found != pids.end() && found->second == one.second;
  });
}

bool is_reached(const std::string& goal, const Pids& first, const Templates& now) {
  using enum ProcessState;
  if (goal == "exit") return has_ended(first, now);
  return all_processes(now, [&](const ProcessInfo& process) {
    if (goal == "running") return process.state == Running;
    if (goal == "stopped") return process.state == Stopped || process.state == Failed;
    return process.state == Failed;
  });
}

Error unknown_goal(const std::string& goal) {
  std::string text = "cannot wait for \"" + goal + "\": use";
  for (const std::string_view one : kGoals)
    text.append(one == kGoals.front() ? " " : ", ").append(one);
  return {Errc::InvalidArgument, 0, text};
}

/// What keeps them from it, a line for each.
int give_up(const Templates& templates, const std::string& goal) {
  std::string text = "gaffer: not " + goal + " in time\n";
  for (const TemplateInfo& info : templates) {
    for (const ProcessInfo& process : info.processes)
      text += "  " + explain(process) + "\n";
  }
  (void)os::write_standard(2, text);
  return kTimeout;
}

int run_wait(const std::string& socket, const WaitOptions& options) {
  using Clock = std::chrono::steady_clock;
  constexpr std::chrono::milliseconds kPace{50};
  if (std::ranges::find(kGoals, options.goal) == kGoals.end())
    return report(unknown_goal(options.goal));
  std::optional<Clock::time_point> deadline;
  if (!options.timeout.empty()) {
    const auto timeout = config::parse_duration(options.timeout);
    if (!timeout)
      return report(
          {Errc::InvalidArgument, 0,
           "--timeout is \"" + options.timeout + "\": it must be a time such as 10 or 5m"});
    deadline = Clock::now() + *timeout;
  }
  std::optional<Pids> first;
  for (;; os::pause(kPace)) {
    const auto now = chosen(socket, options.targets);
    if (!now) return report(now.error());
    if (!first) first = running_pids(*now);
    if (is_reached(options.goal, *first, *now)) return kDone;
    if (deadline && Clock::now() >= *deadline) return give_up(*now, options.goal);
  }
}

}  // namespace

Command wait_command(const Globals& globals) {
  const auto options = std::make_shared<WaitOptions>();
  Argument targets = target_argument(options->targets, globals);
  targets.is_required = true;
  return {.name = "wait",
          .heading = "Looking",
          .summary = "Wait until processes have come to something.",
          .arguments = {std::move(targets),
                        {.names = "--for",
                         .value = "WHAT",
                         .text = "running, stopped, failed, or exit: the end of those that run now "
                                 "(running)",
                         .into = &options->goal,
                         .candidates = {.words = goal_words}},
                        {.names = "--timeout",
                         .value = "TIME",
                         .text = "give up after 10 (seconds), 500ms, 5m; otherwise never",
                         .into = &options->timeout}},
          .examples = {{"gaffer wait db --timeout 30s && migrate", "in a script"},
                       {"gaffer wait job --for exit", "until it has ended, however"}},
          .run =
              [options, &globals] {
                return at_socket(
                    globals, [&](const std::string& socket) { return run_wait(socket, *options); });
              },
          .details = "Exits with 5 when it took longer, and says then what keeps them from it."};
}

}  // namespace gaffer::programs
