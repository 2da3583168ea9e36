#include "wire/stats.h"

#include <chrono>
#include <cmath>
#include <optional>

#include <nlohmann/json.hpp>

#include "wire/json_writer.h"

namespace gaffer::wire {
namespace {

using nlohmann::json;
using std::chrono::nanoseconds;
using Seconds = std::chrono::duration<double>;

void put(JsonWriter& to, std::string_view key, const std::optional<std::string>& value) {
  to.key(key);
  value ? to.text(*value) : to.null();
}
void put(JsonWriter& to, std::string_view key, std::optional<nanoseconds> value) {
  to.key(key);
  value ? to.number(Seconds(*value).count()) : to.null();
}
template <typename Number>
void put(JsonWriter& to, std::string_view key, const std::optional<Number>& value) {
  to.key(key);
  value ? to.number(*value) : to.null();
}

/// A thousandth of a percent is the least that says anything.
double rounded(double percent) {
  constexpr double kSteps = 1000;
  return std::round(percent * kSteps) / kSteps;
}
void put_percent(JsonWriter& to, std::string_view key, std::optional<double> percent) {
  put(to, key, percent ? std::optional(rounded(*percent)) : std::nullopt);
}

void write(JsonWriter& to, const ProcessStats& process, const StatsSettings& settings) {
  to.object();
  if (process.pid != 0) to.key("pid").number(process.pid).key("slot").number(process.slot);
  to.key("os_pid").number(process.os_pid);
  put(to, "mem_info1", process.mem_info1);
  put(to, "mem_info2", process.mem_info2);
  put_percent(to, "cpu", process.cpu);
  put_percent(to, "mem", process.mem);
  put(to, "ctime", process.ctime);
  put(to, "ended_ctime", process.ended_ctime);
  put(to, "username", process.username);
  put(to, "nice", process.nice);
  put(to, "cmdline", process.cmdline);
  put(to, "threads", process.threads);
  if (settings.io) {
    put(to, "open_files", process.open_files);
    put(to, "read_bytes", process.read_bytes);
    put(to, "written_bytes", process.written_bytes);
  }
  if (settings.pss) put(to, "pss", process.pss);
  to.key("children").array();
  for (const ProcessStats& child : process.children)
    write(to, child, settings);
  to.end_array().end_object();
}

void write(JsonWriter& to, const TemplateStats& stats, const StatsSettings& settings) {
  to.object().key("name").text(stats.name);
  put_percent(to, "cpu", stats.cpu);
  put_percent(to, "max_cpu", stats.max_cpu);
  put_percent(to, "min_cpu", stats.min_cpu);
  put_percent(to, "mem", stats.mem);
  put_percent(to, "max_mem", stats.max_mem);
  put_percent(to, "min_mem", stats.min_mem);
  to.key("processes").array();
  for (const ProcessStats& process : stats.processes)
    write(to, process, settings);
  to.end_array().end_object();
}

template <typename T>
void get(const json& from, const char* key, std::optional<T>& into) {
  const auto found = from.find(key);
  if (found != from.end() && !found->is_null()) into = found->get<T>();
}
void get(const json& from, const char* key, std::optional<nanoseconds>& into) {
  std::optional<double> seconds;
  get(from, key, seconds);
  if (seconds) into = std::chrono::round<nanoseconds>(Seconds(*seconds));
}

ProcessStats process_from(const json& object) {
  ProcessStats process{.pid = object.value("pid", std::uint64_t{0}),
                       .slot = object.value("slot", 0),
                       .os_pid = object.at("os_pid").get<pid_t>()};
  get(object, "mem_info1", process.mem_info1);
  get(object, "mem_info2", process.mem_info2);
  get(object, "cpu", process.cpu);
  get(object, "mem", process.mem);
  get(object, "ctime", process.ctime);
  get(object, "ended_ctime", process.ended_ctime);
  get(object, "username", process.username);
  get(object, "nice", process.nice);
  get(object, "cmdline", process.cmdline);
  get(object, "threads", process.threads);
  get(object, "open_files", process.open_files);
  get(object, "read_bytes", process.read_bytes);
  get(object, "written_bytes", process.written_bytes);
  get(object, "pss", process.pss);
  for (const json& child : object.at("children"))
    process.children.push_back(process_from(child));
  return process;
}

TemplateStats template_from(const json& object) {
  TemplateStats stats{.name = object.at("name").get<std::string>(),
                      .cpu = object.at("cpu").get<double>(),
                      .max_cpu = object.at("max_cpu").get<double>(),
                      .min_cpu = object.at("min_cpu").get<double>(),
                      .mem = object.at("mem").get<double>(),
                      .max_mem = object.at("max_mem").get<double>(),
                      .min_mem = object.at("min_mem").get<double>()};
  for (const json& process : object.at("processes"))
    stats.processes.push_back(process_from(process));
  return stats;
}

}  // namespace

std::string stats_document(const std::vector<TemplateStats>& templates,
                           const StatsSettings& settings) {
  JsonWriter to;
  to.object().key("event").text("STATS").key("templates").array();
  for (const TemplateStats& stats : templates)
    write(to, stats, settings);
  return to.end_array().end_object().take();
}

// The library throws; this is the one place that catches it.
Result<std::vector<TemplateStats>> parse_stats_document(std::string_view text) {
  try {
    const json document = json::parse(text);
    std::vector<TemplateStats> templates;
    for (const json& object : document.at("templates"))
      templates.push_back(template_from(object));
    return templates;
  } catch (const json::exception& failure) {
    return Error{Errc::Protocol, 0, std::string("cannot read statistics: ") + failure.what()};
  }
}

}  // namespace gaffer::wire
