#include <algorithm>
#include <set>
#include <string>
#include <string_view>

#include "base/terminal_text.h"
#include "client/daemon.h"
#include "os/host.h"
#include "programs/gaffer/commands.h"

namespace gaffer::programs {

// A terminal is shown control sequences, not sent them; a file or a pipe gets every byte. The name
// stands before each line as soon as there is more than one process it could be from.
int run_logs(const std::string& socket, const LogsOptions& options) {
  const bool to_terminal = os::is_terminal(1);
  const client::Daemon daemon(socket);
  std::size_t width = 0;
  std::size_t processes = 0;
  const auto templates = daemon.status("*");
  if (!templates) return report(templates.error());
  for (const TemplateInfo& info : *templates) {
    const std::string& name = info.process_template.name;
    if (!options.names.empty() && std::ranges::find(options.names, name) == options.names.end())
      continue;
    processes += info.processes.size();
    for (const ProcessInfo& process : info.processes) {
      width = std::max(width, name.size() + 1 + std::to_string(process.slot).size());
    }
  }
  Result<void> written;
  const auto done =
      daemon.logs({.names = options.names, .lines = options.lines, .follow = options.follow},
                  [&](std::string_view label, std::string_view line) {
                    std::string text;
                    if (processes > 1) {
                      text = label;
                      text.resize(std::max(width, text.size()), ' ');
                      text += " | ";
                    }
                    text += to_terminal ? terminal_safe(line) + "\x1b[0m" : std::string(line);
                    written = os::write_standard(1, text + "\n");
                    return written.has_value();
                  });
  if (!written) return report(written.error());
  return done ? kDone : report(done.error());
}

}  // namespace gaffer::programs
