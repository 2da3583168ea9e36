#include "programs/gaffer/top_rows.h"

#include <string_view>
#include <utility>

#include "base/duration_text.h"
#include "base/explain.h"
#include "base/terminal_text.h"
#include "os/files.h"
#include "programs/gaffer/quantities.h"

namespace gaffer::programs {
namespace {

using top::Tone;

Tone tone_of(ProcessState state) {
  switch (state) {
    case ProcessState::Running:
      return Tone::Good;
    case ProcessState::Waiting:
    case ProcessState::Restarting:
    case ProcessState::Reloading:
      return Tone::Uneasy;
    case ProcessState::Failed:
      return Tone::Bad;
    default:
      return Tone::Plain;
  }
}

std::string why(const ProcessInfo& process) {
  std::string text = process.state == ProcessState::Running ? "" : process.reason;
  if (process.next_start)
    text += (text.empty() ? "" : "; ") + ("next start in " + duration_text(*process.next_start));
  return terminal_safe(text);
}

// One that runs once has no slot, and what it is called its template is too.
std::string target_of(const ProcessInfo& process) {
  return process.slot > 0 ? label_of(process) : std::to_string(process.pid);
}

top::Row row_of(const ProcessInfo& process, const Usages& usages) {
  const std::string once = process.slot > 0 ? "" : " #" + std::to_string(process.pid);
  top::Row row{.target = target_of(process),
               .template_name = process.name,
               .name = label_of(process) + once,
               .state = std::string(state_name(process.state)),
               .tone = tone_of(process.state),
               .restarts = std::to_string(process.restarts),
               .why = why(process)};
  if (process.os_pid == 0) return row;
  row.os_pid = std::to_string(process.os_pid);
  if (process.uptime) row.uptime = duration_text(*process.uptime);
  const auto usage = usages.find(process.pid);
  if (usage == usages.end()) return row;
  row.cpu = percent_text(usage->second.cpu);
  row.memory = bytes_text(usage->second.resident_bytes);
  return row;
}

}  // namespace

Usages usages_of(const std::vector<TemplateStats>& templates) {
  Usages usages;
  for (const TemplateStats& stats : templates) {
    for (const ProcessStats& process : stats.processes)
      usages.emplace(process.pid, tree_usage(process));
  }
  return usages;
}

std::vector<top::Row> rows_of(const std::vector<TemplateInfo>& templates, const Usages& usages) {
  std::vector<top::Row> rows;
  for (const TemplateInfo& info : templates) {
    for (const ProcessInfo& process : info.processes)
      rows.push_back(row_of(process, usages));
    const std::string& name = info.process_template.name;
    if (info.processes.empty()) {
      rows.push_back({.target = name,
                      .template_name = name,
                      .name = name,
                      .state = "-",
                      .why = "scaled to 0"});
    }
  }
  return rows;
}

std::string request_text(const top::Request& request) {
  const bool is_scale = request.what == top::Request::What::Scale;
  return is_scale ? "scale " + request.target + request.verb : request.verb + " " + request.target;
}

std::string answer_text(const top::Request& request, const client::Daemon::Answer& answer) {
  const std::string begin = request_text(request) + ": ";
  if (!answer) return begin + terminal_safe(answer.error().message);
  std::size_t count = 0;
  const ProcessInfo* one = nullptr;
  for (const TemplateInfo& info : *answer) {
    count += info.processes.size();
    for (const ProcessInfo& process : info.processes)
      if (target_of(process) == request.target || one == nullptr) one = &process;
  }
  if (request.what == top::Request::What::Scale)
    return begin + std::to_string(count) + (count == 1 ? " process" : " processes");
  if (one == nullptr) return begin + "no processes";
  const std::string reason = one->state == ProcessState::Stopped ? "" : why(*one);
  return begin + std::string(state_name(one->state)) + (reason.empty() ? "" : ", " + reason);
}

std::string load_text(const Usages& usages) {
  std::string text;
  if (const auto load = os::read_file("/proc/loadavg"))
    text = "load " + load->substr(0, load->find(' ')) + "  ";
  TreeUsage all;
  for (const auto& [pid, usage] : usages) {
    all.cpu += usage.cpu;
    all.resident_bytes += usage.resident_bytes;
  }
  return text + "cpu " + percent_text(all.cpu) + "%  mem " + bytes_text(all.resident_bytes);
}

}  // namespace gaffer::programs
