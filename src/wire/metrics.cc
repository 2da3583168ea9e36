#include "wire/metrics.h"

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <string_view>

namespace gaffer::wire {
namespace {

/// A label's value: names have nothing to escape, but who knows what they will be allowed.
std::string quoted(std::string_view value) {
  std::string text = "\"";
  for (const char c : value) {
    if (c == '\n') {
      text += "\\n";
      continue;
    }
    if (c == '"' || c == '\\') text += '\\';
    text += c;
  }
  return text + "\"";
}

void begin(std::string& text, std::string_view name, std::string_view type,
           std::string_view about) {
  text.append("# HELP ").append(name).append(" ").append(about).append("\n");
  text.append("# TYPE ").append(name).append(" ").append(type).append("\n");
}

/// One metric of every template.
void of_templates(std::string& text, const std::vector<TemplateInfo>& templates,
                  std::string_view name, std::string_view about,
                  const std::function<std::int64_t(const TemplateInfo&)>& value) {
  begin(text, name, "gauge", about);
  for (const TemplateInfo& info : templates) {
    text.append(name).append("{template=").append(quoted(info.process_template.name));
    text.append("} ").append(std::to_string(value(info))).append("\n");
  }
}

/// One metric of every slot that has it. One-off runs are nobody's slot.
void of_slots(std::string& text, const std::vector<TemplateInfo>& templates, std::string_view name,
              std::string_view type, std::string_view about,
              const std::function<std::optional<std::string>(const ProcessInfo&)>& value) {
  begin(text, name, type, about);
  for (const TemplateInfo& info : templates) {
    for (const ProcessInfo& process : info.processes) {
      const auto its_value = value(process);
      if (process.slot == 0 || !its_value) continue;
      text.append(name).append("{template=").append(quoted(process.name));
      text.append(",slot=\"").append(std::to_string(process.slot)).append("\"} ");
      text.append(*its_value).append("\n");
    }
  }
}

/// One metric of what the processes of each slot use together: while one is replaced there are two.
void of_usage(std::string& text, const std::vector<TemplateStats>& stats, std::string_view name,
              std::string_view type, std::string_view about,
              const std::function<std::string(const TreeUsage&)>& value) {
  begin(text, name, type, about);
  for (const TemplateStats& one : stats) {
    std::map<int, TreeUsage> by_slot;
    for (const ProcessStats& process : one.processes) {
      const TreeUsage usage = tree_usage(process);
      TreeUsage& all = by_slot[process.slot];
      all.ctime += usage.ctime;
      all.resident_bytes += usage.resident_bytes;
    }
    by_slot.erase(0);
    for (const auto& [slot, usage] : by_slot) {
      text.append(name).append("{template=").append(quoted(one.name));
      text.append(",slot=\"").append(std::to_string(slot)).append("\"} ");
      text.append(value(usage)).append("\n");
    }
  }
}

void single(std::string& text, std::string_view name, std::string_view type, std::string_view about,
            std::uint64_t value) {
  begin(text, name, type, about);
  text.append(name).append(" ").append(std::to_string(value)).append("\n");
}

std::int64_t running_of(const TemplateInfo& info) {
  std::int64_t count = 0;
  for (const ProcessInfo& process : info.processes)
    count += process.os_pid != 0 ? 1 : 0;
  return count;
}

}  // namespace

std::string metrics_document(const std::vector<TemplateInfo>& templates,
                             const std::vector<TemplateStats>& stats, const DaemonMetrics& daemon) {
  std::string text;
  of_templates(text, templates, "gaffer_template_processes", "Processes to keep alive.",
               [](const auto& info) { return info.process_template.numprocesses; });
  of_templates(text, templates, "gaffer_template_wanted", "Whether it is started.",
               [](const auto& info) { return info.is_wanted ? 1 : 0; });
  of_templates(text, templates, "gaffer_template_running", "Processes that run.", running_of);
  of_slots(text, templates, "gaffer_process_up", "gauge", "Whether the process runs.",
           [](const auto& process) { return process.os_pid != 0 ? "1" : "0"; });
  of_slots(text, templates, "gaffer_process_failed", "gauge", "Whether it was given up.",
           [](const auto& process) { return process.state == ProcessState::Failed ? "1" : "0"; });
  of_slots(text, templates, "gaffer_process_restarts_total", "counter", "Starts after the first.",
           [](const auto& process) { return std::to_string(process.restarts); });
  of_slots(text, templates, "gaffer_process_uptime_seconds", "gauge", "Since it was started.",
           [](const auto& process) -> std::optional<std::string> {
             if (!process.uptime) return std::nullopt;
             return std::to_string(std::chrono::duration<double>(*process.uptime).count());
           });
  of_usage(text, stats, "gaffer_process_cpu_seconds_total", "counter",
           "Processor time, with that of ended children.", [](const TreeUsage& usage) {
             return std::to_string(std::chrono::duration<double>(usage.ctime).count());
           });
  of_usage(text, stats, "gaffer_process_resident_memory_bytes", "gauge", "Resident memory.",
           [](const TreeUsage& usage) { return std::to_string(usage.resident_bytes); });
  single(text, "gaffer_events_total", "counter", "Events that have happened.", daemon.revision);
  single(text, "gaffer_http_connections", "gauge", "Connections to the API.", daemon.connections);
  single(text, "process_resident_memory_bytes", "gauge", "Memory of gafferd.",
         daemon.resident_bytes);
  if (const auto& webhooks = daemon.webhooks) {
    single(text, "gaffer_webhooks_waiting", "gauge", "Messages to webhooks.", webhooks->waiting);
    single(text, "gaffer_webhooks_delivered_total", "counter", "Messages that have arrived.",
           webhooks->delivered);
    single(text, "gaffer_webhooks_failed_total", "counter", "Attempts that failed.",
           webhooks->failed);
    single(text, "gaffer_webhooks_dropped_total", "counter", "Messages that never arrive.",
           webhooks->dropped);
  }
  return text;
}

}  // namespace gaffer::wire
