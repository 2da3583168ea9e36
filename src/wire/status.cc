#include "wire/status.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <optional>

#include <nlohmann/json.hpp>

#include "wire/json_writer.h"

namespace gaffer::wire {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;
using Seconds = std::chrono::duration<double>;

// FNV-1a, 64 bits: equal on every machine and in every run.
constexpr std::uint64_t kHashSeed = 14695981039346656037U;

void mix(std::uint64_t& hash, std::string_view bytes) {
  constexpr std::uint64_t kPrime = 1099511628211U;
  for (const char c : bytes)
    hash = (hash ^ static_cast<unsigned char>(c)) * kPrime;
  hash = (hash ^ 0xffU) * kPrime;  // "a", "bc" is not "ab", "c".
}

template <typename... Numbers>
requires(... && !std::convertible_to<Numbers, std::string_view>) void mix(std::uint64_t& hash,
                                                                          Numbers... numbers) {
  (mix(hash, std::to_string(static_cast<std::int64_t>(numbers))), ...);
}

void write_seconds(JsonWriter& to, std::optional<milliseconds> duration) {
  if (!duration) {
    to.null();
  } else {
    to.number(Seconds(*duration).count());
  }
}

void write(JsonWriter& to, const LastExit& last_exit) {
  const ExitStatus& status = last_exit.status;
  to.object().key("code");
  if (status.is_known && status.signal == 0) {
    to.number(status.code);
  } else {
    to.null();
  }
  to.key("signal");
  if (status.signal != 0) {
    to.number(status.signal);
  } else {
    to.null();
  }
  to.key("dumped_core").boolean(status.dumped_core);
  to.key("out_of_memory").boolean(last_exit.is_out_of_memory);
  to.key("at").number(Seconds(last_exit.at.time_since_epoch()).count());
  to.key("text").text(describe(last_exit)).end_object();
}

void write(JsonWriter& to, const ProcessInfo& process) {
  to.object().key("pid").number(process.pid).key("os_pid");
  if (process.os_pid != 0) {
    to.number(process.os_pid);
  } else {
    to.null();
  }
  to.key("name").text(process.name).key("slot").number(process.slot);
  to.key("state").text(state_name(process.state));
  to.key("since").number(Seconds(process.since).count());
  to.key("wanted").boolean(process.is_wanted).key("held").boolean(process.is_held);
  to.key("reason").text(process.reason);
  to.key("early_exits").number(process.early_exits);
  to.key("early_since").number(Seconds(process.early_since).count());
  to.key("restarts").number(process.restarts).key("uptime");
  write_seconds(to, process.uptime);
  to.key("next_start");
  write_seconds(to, process.next_start);
  to.key("last_exit");
  if (process.last_exit) {
    write(to, *process.last_exit);
  } else {
    to.null();
  }
  to.end_object();
}

std::int64_t running_of(const TemplateInfo& info) {
  return std::ranges::count_if(info.processes,
                               [](const ProcessInfo& process) { return process.os_pid != 0; });
}

void write(JsonWriter& to, const TemplateInfo& info) {
  to.object().key("name").text(info.process_template.name);
  to.key("cmd").text(info.process_template.cmd);
  to.key("numprocesses").number(info.process_template.numprocesses);
  to.key("wanted").boolean(info.is_wanted).key("running").number(running_of(info));
  to.key("processes").array();
  for (const ProcessInfo& process : info.processes)
    write(to, process);
  to.end_array().end_object();
}

void write(JsonWriter& to, const std::vector<TemplateInfo>& templates) {
  to.array();
  for (const TemplateInfo& info : templates)
    write(to, info);
  to.end_array();
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
  JsonWriter to;
  to.object().key("ok").boolean(true);
  if (templates.size() == 1) {
    const TemplateInfo& only = templates.front();
    to.key("active").boolean(only.is_wanted).key("running").number(running_of(only));
    to.key("max_processes").number(only.process_template.numprocesses);
    to.key("numprocesses").number(only.process_template.numprocesses);
  }
  to.key("templates");
  write(to, templates);
  return to.end_object().take();
}

std::string templates_document(const std::vector<TemplateInfo>& templates) {
  JsonWriter to;
  write(to, templates);
  return to.take();
}

std::string process_document(const ProcessInfo& process) {
  JsonWriter to;
  write(to, process);
  return to.take();
}

std::string status_tag(const std::vector<TemplateInfo>& templates) {
  std::uint64_t hash = kHashSeed;
  for (const TemplateInfo& info : templates) {
    mix(hash, info.process_template.name);
    mix(hash, info.process_template.cmd);
    mix(hash, info.process_template.numprocesses, info.is_wanted);
    for (const ProcessInfo& process : info.processes) {
      mix(hash, process.pid, process.os_pid, process.slot, process.state, process.is_wanted,
          process.is_held, process.restarts, process.early_exits);
      mix(hash, process.reason);
      mix(hash, process.last_exit ? process.last_exit->at.time_since_epoch().count() : 0);
    }
  }
  return "W/\"" + std::to_string(hash) + "\"";
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
  JsonWriter to;
  return to.object().key("error").text(error).key("reason").text(reason).end_object().take();
}

std::string reason_of(std::string_view error_document) {
  const json document = json::parse(error_document, nullptr, false);
  const auto reason = document.is_object() ? document.find("reason") : document.end();
  return reason != document.end() && reason->is_string() ? reason->get<std::string>()
                                                         : std::string(error_document);
}

}  // namespace gaffer::wire
