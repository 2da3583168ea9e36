#include <algorithm>
#include <array>
#include <chrono>
#include <iterator>
#include <string>
#include <vector>

#include "base/duration_text.h"
#include "base/explain.h"
#include "base/terminal_text.h"
#include "client/daemon.h"
#include "os/host.h"
#include "programs/gaffer/commands.h"
#include "wire/status.h"

namespace gaffer::programs {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t kColumns = 7;
using Row = std::array<std::string, kColumns>;

std::string last_exit_text(const ProcessInfo& process) {
  std::string text;
  if (process.last_exit) {
    const auto age = std::chrono::system_clock::now() - process.last_exit->at;
    text = describe(*process.last_exit) + ", " +
           duration_text(std::chrono::duration_cast<milliseconds>(age)) + " ago";
  }
  // Where it differs from the exit, the reason says more: that it cannot be started, that its
  // output is blocked.
  const bool adds = !process.reason.empty() &&
                    (!process.last_exit || process.reason != describe(*process.last_exit));
  if (adds && process.state != ProcessState::Stopped)
    text += (text.empty() ? "" : "; ") + process.reason;
  if (process.next_start) text += "; next start in " + duration_text(*process.next_start);
  return text.empty() ? "-" : terminal_safe(text);
}

Row row_of(const ProcessInfo& process) {
  return {label_of(process),
          std::string(state_name(process.state)),
          process.pid != 0 ? std::to_string(process.pid) : "-",
          process.os_pid != 0 ? std::to_string(process.os_pid) : "-",
          process.uptime ? duration_text(*process.uptime) : "-",
          std::to_string(process.restarts),
          last_exit_text(process)};
}

int print_table(const std::vector<Row>& rows) {
  std::array<std::size_t, kColumns> widths{};
  for (const Row& row : rows) {
    for (std::size_t at = 0; at < kColumns; ++at) {
      widths.at(at) = std::max(widths.at(at), row.at(at).size());
    }
  }
  const std::size_t terminal = os::is_terminal(1) ? os::terminal_columns() : std::string::npos;
  std::string text;
  for (const Row& row : rows) {
    std::string line;
    for (std::size_t at = 0; at < kColumns; ++at) {
      line += row.at(at);
      if (at + 1 < kColumns) line.append(widths.at(at) - row.at(at).size() + 2, ' ');
    }
    text += line.substr(0, terminal) + "\n";
  }
  const auto written = os::write_standard(1, text);
  return written ? kDone : report(written.error());
}

}  // namespace

Result<std::vector<TemplateInfo>> chosen(const std::string& socket,
                                         const std::vector<std::string>& targets) {
  const client::Daemon daemon(socket);
  std::vector<TemplateInfo> templates;
  for (const std::string& target : targets) {
    GAFFER_TRY(std::vector<TemplateInfo> some, daemon.status(target));
    std::ranges::move(some, std::back_inserter(templates));
  }
  return templates;
}

int run_ps(const std::string& socket, const std::vector<std::string>& targets, bool as_json) {
  const auto templates = chosen(socket, targets);
  if (!templates) return report(templates.error());
  if (as_json) {
    const auto written = os::write_standard(1, wire::status_document(*templates) + "\n");
    return written ? kDone : report(written.error());
  }
  std::vector<Row> rows = {{"NAME", "STATE", "PID", "OS_PID", "UPTIME", "RESTARTS", "LAST EXIT"}};
  for (const TemplateInfo& info : *templates) {
    for (const ProcessInfo& process : info.processes)
      rows.push_back(row_of(process));
    if (info.processes.empty()) {
      rows.push_back({info.process_template.name, "-", "-", "-", "-", "-", "scaled to 0"});
    }
  }
  return print_table(rows);
}

}  // namespace gaffer::programs
