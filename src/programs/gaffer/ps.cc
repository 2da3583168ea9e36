#include <algorithm>
#include <array>
#include <chrono>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "base/duration_text.h"
#include "base/explain.h"
#include "base/terminal_text.h"
#include "client/daemon.h"
#include "os/host.h"
#include "programs/gaffer/commands.h"
#include "programs/gaffer/quantities.h"
#include "wire/status.h"

namespace gaffer::programs {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t kColumns = 8;
using Row = std::array<std::string, kColumns>;

constexpr std::size_t kState = 1;
constexpr std::size_t kCommand = 6;
constexpr std::size_t kLastExit = 7;

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

Row row_of(const ProcessTemplate& process_template, const ProcessInfo& process) {
  return {label_of(process),
          std::string(state_name(process.state)),
          process.pid != 0 ? std::to_string(process.pid) : "-",
          process.os_pid != 0 ? std::to_string(process.os_pid) : "-",
          process.uptime ? duration_text(*process.uptime) : "-",
          std::to_string(process.restarts),
          terminal_safe(process_template.cmd),
          last_exit_text(process)};
}

std::vector<Row> rows_of(const std::vector<TemplateInfo>& templates) {
  std::vector<Row> rows = {
      {"NAME", "STATE", "PID", "OS_PID", "UPTIME", "RESTARTS", "CMD", "LAST EXIT"}};
  for (const TemplateInfo& info : templates) {
    for (const ProcessInfo& process : info.processes)
      rows.push_back(row_of(info.process_template, process));
    if (info.processes.empty()) {
      rows.push_back({info.process_template.name, "-", "-", "-", "-", "-",
                      terminal_safe(info.process_template.cmd), "scaled to 0"});
    }
  }
  return rows;
}

/// The columns that are shown, with their widths, so that the last one has room in the terminal.
struct Layout {
  std::array<std::size_t, kColumns> widths{};
  std::array<bool, kColumns> is_shown{};
};

Layout layout_of(const std::vector<Row>& rows, std::size_t terminal, bool is_wide) {
  constexpr std::size_t kRoomForLast = 20;
  // Who has to go first when it is narrow: restarts, gaffer's pid, the kernel's, the uptime.
  constexpr std::array<std::size_t, 4> kDispensable = {5, 2, 3, 4};
  Layout layout;
  layout.is_shown.fill(true);
  layout.is_shown.at(kCommand) = is_wide;
  for (const Row& row : rows) {
    for (std::size_t at = 0; at < kColumns; ++at)
      layout.widths.at(at) = std::max(layout.widths.at(at), row.at(at).size());
  }
  const auto fixed = [&] {
    std::size_t sum = 0;
    for (std::size_t at = 0; at < kLastExit; ++at)
      if (layout.is_shown.at(at)) sum += layout.widths.at(at) + 2;
    return sum;
  };
  for (const std::size_t column : kDispensable) {
    if (is_wide || terminal == std::string::npos || fixed() + kRoomForLast <= terminal) break;
    layout.is_shown.at(column) = false;
  }
  return layout;
}

std::string_view colour_of(std::string_view state) {
  if (state == "running") return "\x1b[32m";
  if (state == "waiting" || state == "restarting" || state == "reloading") return "\x1b[33m";
  return state == "failed" ? "\x1b[31m" : "";
}

std::string table(const std::vector<Row>& rows, bool is_wide, bool is_coloured) {
  const std::size_t terminal =
      os::is_terminal(1) && !is_wide ? os::terminal_columns() : std::string::npos;
  const Layout layout = layout_of(rows, terminal, is_wide);
  std::string text;
  for (const Row& row : rows) {
    std::string line;
    for (std::size_t at = 0; at < kLastExit; ++at) {
      if (!layout.is_shown.at(at)) continue;
      line += row.at(at);
      line.append(layout.widths.at(at) - row.at(at).size() + 2, ' ');
    }
    line += row.at(kLastExit);
    line = utf8_prefix(line, terminal);
    const std::string_view colour = is_coloured ? colour_of(row.at(kState)) : "";
    const auto state = layout.widths.at(0) + 2;
    if (!colour.empty() && line.size() >= state + row.at(kState).size()) {
      line.insert(state + row.at(kState).size(), "\x1b[0m");
      line.insert(state, colour);
    }
    text.append(line).append("\n");
  }
  return text;
}

std::string names_of(const std::vector<TemplateInfo>& templates) {
  std::string text;
  for (const TemplateInfo& info : templates) {
    for (const ProcessInfo& process : info.processes)
      text += label_of(process) + "\n";
  }
  return text;
}

std::string lines_of(const std::vector<TemplateInfo>& templates) {
  std::string text;
  for (const TemplateInfo& info : templates)
    text += wire::status_document({info}) + "\n";
  return text;
}

struct PsOptions {
  std::vector<std::string> targets;
  std::string format = "table";
  bool as_json = false;
  bool watch = false;
};

Result<std::string> listing(const std::string& socket, const PsOptions& options, bool is_coloured) {
  GAFFER_TRY(const auto templates, chosen(socket, options.targets));
  const std::string format = options.as_json ? "json" : options.format;
  if (format == "json") return wire::status_document(templates) + "\n";
  if (format == "jsonl") return lines_of(templates);
  if (format == "name") return names_of(templates);
  if (format == "table" || format == "wide")
    return table(rows_of(templates), format == "wide", is_coloured);
  return Error{Errc::InvalidArgument, 0,
               "no form \"" + format + "\" of the list: use name, wide, json or jsonl"};
}

/// Shows the list again and again, on a terminal in one place, elsewhere when it has changed.
int watch(const std::string& socket, const PsOptions& options, bool is_coloured) {
  constexpr std::chrono::seconds kPace{1};
  std::string before;
  for (;; os::pause(kPace)) {
    const auto text = listing(socket, options, is_coloured);
    if (!text) return report(text.error());
    if (*text == before) continue;
    const std::string home = os::is_terminal(1) ? "\x1b[H\x1b[J" : "";
    if (const auto written = os::write_standard(1, home + *text); !written)
      return report(written.error());
    before = *text;
  }
}

}  // namespace

Result<std::vector<TemplateInfo>> chosen(const std::string& socket,
                                         const std::vector<std::string>& targets) {
  const client::Daemon daemon(socket);
  if (targets.empty()) return daemon.status("*");
  GAFFER_TRY(const std::vector<std::string> resolved, resolve(socket, targets));
  std::vector<TemplateInfo> templates;
  for (const std::string& target : resolved) {
    GAFFER_TRY(std::vector<TemplateInfo> some, daemon.status(target));
    std::ranges::move(some, std::back_inserter(templates));
  }
  return templates;
}

Command ps_command(const Globals& globals) {
  const auto options = std::make_shared<PsOptions>();
  return {
      .name = "ps",
      .heading = "Looking",
      .summary = "Show processes.",
      .arguments =
          {target_argument(options->targets, globals),
           {.names = "-o,--output",
            .value = "FORM",
            .text = "name (one a line), wide, json, jsonl (a line for each template)",
            .into = &options->format,
            .candidates = {.words =
                               [] {
                                 return std::vector<std::string>{"name", "wide", "json", "jsonl"};
                               }}},
           {.names = "--json", .text = "the same as -o json", .into = &options->as_json},
           {.names = "-w,--watch",
            .text = "again every second, until Ctrl-C",
            .into = &options->watch}},
      .examples = {{"gaffer ps", "all of them"},
                   {"gaffer ps -w 'wor*'", "watch those whose names begin so"},
                   {"gaffer ps --json | jq '.templates[].name'", "for programs"}},
      .run = [options, &globals] {
        return at_socket(globals, [&](const std::string& socket) {
          const bool coloured = is_coloured(globals);
          if (options->watch) return watch(socket, *options, coloured);
          const auto text = listing(socket, *options, coloured);
          return text ? print(*text) : report(text.error());
        });
      }};
}

}  // namespace gaffer::programs
