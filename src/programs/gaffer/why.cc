#include <memory>
#include <string>
#include <vector>

#include "base/explain.h"
#include "base/terminal_text.h"
#include "programs/gaffer/commands.h"

namespace gaffer::programs {
namespace {

int run_why(const std::string& socket, const std::vector<std::string>& targets) {
  const auto templates = chosen(socket, targets);
  if (!templates) return report(templates.error());
  std::string text;
  for (const TemplateInfo& info : *templates) {
    if (info.processes.empty()) text += info.process_template.name + ": scaled to 0\n";
    for (const ProcessInfo& process : info.processes)
      text += terminal_safe(explain(process)) + "\n";
  }
  return print(text);
}

}  // namespace

Command why_command(const Globals& globals) {
  const auto targets = std::make_shared<std::vector<std::string>>();
  return {.name = "why",
          .heading = "Looking",
          .summary = "Say what each process does, for what reason, and what comes next.",
          .arguments = {target_argument(*targets, globals)},
          .examples = {{"gaffer why", "all of them"},
                       {"gaffer why worker", "what keeps worker from running"}},
          .run = [targets, &globals] {
            return at_socket(globals,
                             [&](const std::string& socket) { return run_why(socket, *targets); });
          }};
}

}  // namespace gaffer::programs
