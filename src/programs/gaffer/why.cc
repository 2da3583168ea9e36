#include <string>
#include <vector>

#include "base/explain.h"
#include "base/terminal_text.h"
#include "os/host.h"
#include "programs/gaffer/commands.h"

namespace gaffer::programs {

int run_why(const std::string& socket, const std::vector<std::string>& targets) {
  const auto templates = chosen(socket, targets);
  if (!templates) return report(templates.error());
  std::string text;
  for (const TemplateInfo& info : *templates) {
    if (info.processes.empty()) text += info.process_template.name + ": scaled to 0\n";
    for (const ProcessInfo& process : info.processes)
      text += terminal_safe(explain(process)) + "\n";
  }
  const auto written = os::write_standard(1, text);
  return written ? kDone : report(written.error());
}

}  // namespace gaffer::programs
