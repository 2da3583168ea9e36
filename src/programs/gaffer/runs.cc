#include "wire/runs.h"

#include <algorithm>
#include <chrono>
#include <functional>
#include <iterator>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/duration_text.h"
#include "base/terminal_text.h"
#include "client/daemon.h"
#include "programs/gaffer/commands.h"
#include "programs/gaffer/log_printer.h"

namespace gaffer::programs {
namespace {

using std::chrono::system_clock;

struct RunsOptions {
  std::vector<std::string> names;
  std::size_t count = 20;
  bool as_json = false;
};

std::string moment_text(system_clock::time_point time) {
  const auto since_1970 =
      std::chrono::duration_cast<std::chrono::nanoseconds>(time.time_since_epoch());
  return time_text("%Y-%m-%d %H:%M:%S", since_1970.count());
}

std::string in_columns(std::vector<std::string> row) {
  constexpr std::size_t kTime = 19;
  constexpr std::size_t kNumber = 8;
  const std::vector<std::size_t> widths = {kTime, kNumber, kNumber, kNumber, kNumber};
  std::string line;
  for (std::size_t at = 0; at < row.size(); ++at) {
    if (at < widths.size()) row[at].resize(std::max(widths[at], row[at].size()), ' ');
    line += (at == 0 ? "" : "  ") + row[at];
  }
  return line + "\n";
}

std::string line_of(const wire::Run& run) {
  const auto end = run.ended.value_or(system_clock::now());
  const auto lasted = std::chrono::duration_cast<std::chrono::milliseconds>(end - run.started);
  return in_columns({moment_text(run.started), duration_text(lasted),
                     run.slot == 0 ? "once" : run.name + "." + std::to_string(run.slot),
                     std::to_string(run.pid), std::to_string(run.os_pid),
                     run.ended ? terminal_safe(run.reason) : "it runs"});
}

int run_runs(const std::string& socket, const RunsOptions& options) {
  std::vector<wire::Run> runs;
  for (const std::string& name : options.names) {
    auto found = client::Daemon(socket).runs(name, options.count);
    if (!found) return report(found.error());
    std::ranges::move(*found, std::back_inserter(runs));
  }
  std::ranges::stable_sort(runs, std::greater(), &wire::Run::started);
  if (options.as_json) return print(wire::runs_document(runs) + "\n");
  std::string text = in_columns({"STARTED", "LASTED", "NAME", "PID", "OS_PID", "HOW IT ENDED"});
  for (const wire::Run& run : runs)
    text += line_of(run);
  return print(text);
}

}  // namespace

Command runs_command(const Globals& globals) {
  const auto options = std::make_shared<RunsOptions>();
  Argument name = target_argument(options->names, globals);
  name.names = "TEMPLATE";
  name.text = "a template, also one that is gone";
  name.is_required = true;
  return {.name = "runs",
          .heading = "Looking",
          .summary = "Show the last processes of templates, the newest first, and how they ended.",
          .arguments = {std::move(name),
                        {.names = "-n,--lines",
                         .value = "N",
                         .text = "how many of each at most (20)",
                         .into = &options->count},
                        {.names = "--json", .text = "as JSON", .into = &options->as_json}},
          .examples = {{"gaffer runs worker", "why worker was started again, and again"},
                       {"gaffer runs worker -n 1000 --json", "all that is known, for a program"}},
          .run =
              [options, &globals] {
                return at_socket(
                    globals, [&](const std::string& socket) { return run_runs(socket, *options); });
              },
          .details =
              "gafferd writes down the last 10,000 processes of all templates in state.db; "
              "they are still there after it was killed, stopped or updated."};
}

}  // namespace gaffer::programs
