#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "base/duration_text.h"
#include "base/explain.h"
#include "base/terminal_text.h"
#include "programs/gaffer/commands.h"

namespace gaffer::programs {
namespace {

using std::chrono::milliseconds;

void add(std::string& text, const std::string& label, const std::string& value) {
  constexpr std::size_t kWidth = 13;
  std::string head = "  " + label + ":";
  head.resize(std::max(head.size() + 1, kWidth), ' ');
  text += head + terminal_safe(value) + "\n";
}

std::string last_exit_of(const LastExit& last) {
  const auto age = std::chrono::system_clock::now() - last.at;
  return describe(last) + ", " + duration_text(std::chrono::duration_cast<milliseconds>(age)) +
         " ago";
}

std::string shown(const TemplateInfo& info, const ProcessInfo& process) {
  std::string text = terminal_safe(explain(process)) + "\n";
  add(text, "command", info.process_template.cmd);
  if (process.pid != 0) add(text, "pid", std::to_string(process.pid));
  if (process.os_pid != 0) add(text, "os_pid", std::to_string(process.os_pid));
  add(text, "restarts", std::to_string(process.restarts));
  add(text, "wanted", process.is_wanted ? "yes" : "no");
  if (process.last_exit) add(text, "last exit", last_exit_of(*process.last_exit));
  return text;
}

int run_status(const std::string& socket, const std::vector<std::string>& targets) {
  const auto templates = chosen(socket, targets);
  if (!templates) return report(templates.error());
  std::string text;
  bool all_run = true;
  for (const TemplateInfo& info : *templates) {
    if (info.processes.empty()) text += info.process_template.name + ": scaled to 0\n";
    all_run = all_run && !info.processes.empty();
    for (const ProcessInfo& process : info.processes) {
      text += shown(info, process);
      all_run = all_run && process.os_pid != 0 && process.state != ProcessState::Stopping;
    }
  }
  const int printed = print(text);
  return printed != kDone ? printed : all_run ? kDone : kNotFound;
}

}  // namespace

Command status_command(const Globals& globals) {
  const auto targets = std::make_shared<std::vector<std::string>>();
  return {.name = "status",
          .heading = "Looking",
          .summary = "Say everything about processes.",
          .arguments = {target_argument(*targets, globals)},
          .examples = {{"gaffer status web", "all processes of web"},
                       {"gaffer status db >/dev/null && migrate", "only if db runs"}},
          .run =
              [targets, &globals] {
                return at_socket(globals, [&](const std::string& socket) {
                  return run_status(socket, *targets);
                });
              },
          .details = "Exits with 0 if all of them run, and with 3 if one does not."};
}

}  // namespace gaffer::programs
