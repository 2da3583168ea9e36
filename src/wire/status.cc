#include "wire/status.h"

#include <array>
#include <chrono>
#include <cmath>
#include <optional>

#include <nlohmann/json.hpp>

namespace gaffer::wire {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;
using Seconds = std::chrono::duration<double>;

// Bytes that are no UTF-8 become U+FFFD: a name or a reason must not make the document unreadable.
std::string text_of(const json& document) {
  return document.dump(-1, ' ', false, json::error_handler_t::replace);
}

json seconds_or_null(std::optional<milliseconds> duration) {
  return duration ? json(Seconds(*duration).count()) : json(nullptr);
}

json to_json(const LastExit& last_exit) {
  const ExitStatus& status = last_exit.status;
  return {{"code", status.is_known && status.signal == 0 ? json(status.code) : json(nullptr)},
          {"signal", status.signal != 0 ? json(status.signal) : json(nullptr)},
          {"dumped_core", status.dumped_core},
          {"out_of_memory", last_exit.is_out_of_memory},
          {"at", Seconds(last_exit.at.time_since_epoch()).count()},
          {"text", describe(last_exit)}};
}

json to_json(const ProcessInfo& process) {
  return {{"pid", process.pid},
          {"os_pid", process.os_pid != 0 ? json(process.os_pid) : json(nullptr)},
          {"slot", process.slot},
          {"state", state_name(process.state)},
          {"since", Seconds(process.since).count()},
          {"wanted", process.is_wanted},
          {"held", process.is_held},
          {"reason", process.reason},
          {"early_exits", process.early_exits},
          {"early_since", Seconds(process.early_since).count()},
          {"restarts", process.restarts},
          {"uptime", seconds_or_null(process.uptime)},
          {"next_start", seconds_or_null(process.next_start)},
          {"last_exit", process.last_exit ? to_json(*process.last_exit) : json(nullptr)}};
}

json to_json(const TemplateInfo& info) {
  json processes = json::array();
  for (const ProcessInfo& process : info.processes)
    processes.push_back(to_json(process));
  return {{"name", info.process_template.name},
          {"cmd", info.process_template.cmd},
          {"numprocesses", info.process_template.numprocesses},
          {"wanted", info.is_wanted},
          {"processes", std::move(processes)}};
}

template <typename T>
T value_or(const json& object, const char* key, T otherwise) {
  const auto found = object.find(key);
  return found == object.end() || found->is_null() ? otherwise : found->get<T>();
}

std::optional<milliseconds> duration_of(const json& object, const char* key) {
  const double seconds = value_or(object, key, std::nan(""));
  if (std::isnan(seconds)) return std::nullopt;
  return std::chrono::round<milliseconds>(Seconds(seconds));
}

ProcessState state_of(const std::string& name) {
  using enum ProcessState;
  for (const ProcessState state :
       {Starting, Running, Waiting, Stopping, Restarting, Reloading, Failed}) {
    if (name == state_name(state)) return state;
  }
  return Stopped;
}

ProcessInfo process_from(const json& object, const std::string& name) {
  ProcessInfo process{.name = name,
                      .slot = object.at("slot").get<int>(),
                      .pid = value_or<std::uint64_t>(object, "pid", 0),
                      .os_pid = value_or<pid_t>(object, "os_pid", 0),
                      .state = state_of(object.at("state").get<std::string>()),
                      .since = duration_of(object, "since").value_or(milliseconds(0)),
                      .is_wanted = value_or(object, "wanted", false),
                      .reason = value_or<std::string>(object, "reason", ""),
                      .is_held = value_or(object, "held", false),
                      .restarts = value_or<std::uint64_t>(object, "restarts", 0),
                      .uptime = duration_of(object, "uptime"),
                      .next_start = duration_of(object, "next_start"),
                      .early_exits = value_or<std::uint32_t>(object, "early_exits", 0),
                      .early_since = duration_of(object, "early_since").value_or(milliseconds(0))};
  if (const auto exit = object.find("last_exit"); exit != object.end() && !exit->is_null()) {
    ExitStatus status{.code = value_or(*exit, "code", 0),
                      .signal = value_or(*exit, "signal", 0),
                      .dumped_core = value_or(*exit, "dumped_core", false)};
    status.is_known = status.signal != 0 || !exit->at("code").is_null();
    const auto at = std::chrono::round<std::chrono::system_clock::duration>(
        Seconds(value_or(*exit, "at", 0.0)));
    process.last_exit = LastExit{.status = status,
                                 .at = std::chrono::system_clock::time_point(at),
                                 .is_out_of_memory = value_or(*exit, "out_of_memory", false)};
  }
  return process;
}

TemplateInfo template_from(const json& object) {
  TemplateInfo info;
  info.process_template.name = object.at("name").get<std::string>();
  info.process_template.cmd = value_or<std::string>(object, "cmd", "");
  info.process_template.numprocesses = value_or(object, "numprocesses", 0);
  info.is_wanted = value_or(object, "wanted", false);
  for (const json& process : object.at("processes")) {
    info.processes.push_back(process_from(process, info.process_template.name));
  }
  return info;
}

}  // namespace

std::string status_document(const std::vector<TemplateInfo>& templates) {
  json all = json::array();
  for (const TemplateInfo& info : templates)
    all.push_back(to_json(info));
  return text_of({{"templates", std::move(all)}});
}

// The library throws; this is the one place that catches it.
Result<std::vector<TemplateInfo>> parse_status_document(std::string_view text) {
  try {
    const json document = json::parse(text);
    std::vector<TemplateInfo> templates;
    for (const json& object : document.at("templates"))
      templates.push_back(template_from(object));
    return templates;
  } catch (const json::exception& failure) {
    return Error{Errc::Protocol, 0,
                 std::string("cannot read the status document: ") + failure.what()};
  }
}

std::string error_document(std::string_view error, std::string_view reason) {
  return text_of({{"error", error}, {"reason", reason}});
}

std::string reason_of(std::string_view error_document) {
  const json document = json::parse(error_document, nullptr, false);
  const auto reason = document.is_object() ? document.find("reason") : document.end();
  return reason != document.end() && reason->is_string() ? reason->get<std::string>()
                                                         : std::string(error_document);
}

}  // namespace gaffer::wire
