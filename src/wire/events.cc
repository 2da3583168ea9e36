#include "wire/events.h"

#include <chrono>

#include <nlohmann/json.hpp>

#include "wire/json_writer.h"

namespace gaffer::wire {
namespace {

using nlohmann::json;

std::optional<Event::Kind> kind_of(std::string_view name) {
  using enum Event::Kind;
  for (const Event::Kind kind : {Create, Update, Delete, Start, Stop, Restart, Reload, Spawn, Exit,
                                 Reap, StopPid, Flap, Fail}) {
    if (event_name(kind) == name) return kind;
  }
  return std::nullopt;
}

}  // namespace

std::string event_document(const Event& event) {
  const std::chrono::duration<double> since_1970 = event.time.time_since_epoch();
  JsonWriter to;
  to.object().key("event").text(event_name(event.kind)).key("revision").number(event.revision);
  to.key("time").number(since_1970.count()).key("name").text(event.name);
  if (event.pid != 0) {
    to.key("slot").number(event.slot).key("pid").number(event.pid);
    to.key("os_pid").number(event.os_pid).key("once").boolean(event.is_once);
    to.key("detached").boolean(event.is_detached);
  }
  if (event.status) {
    to.key("exit_status").number(event.status->code);
    to.key("term_signal").number(event.status->signal);
  }
  if (!event.reason.empty()) to.key("reason").text(event.reason);
  return to.end_object().take();
}

std::string gap_document(std::uint64_t from, std::uint64_t to) {
  JsonWriter document;
  document.object().key("event").text("gap").key("from").number(from).key("to").number(to);
  return document.end_object().take();
}

// The library throws; each of these catches it where it is called.
Result<Event> parse_event_document(std::string_view text) {
  const auto refuse = [](const std::string& why) {
    return Error{Errc::Protocol, 0, "cannot read an event: " + why};
  };
  try {
    const json document = json::parse(text);
    const auto name = document.at("event").get<std::string>();
    const auto kind = kind_of(name);
    if (!kind) return refuse("no event is called " + name);
    Event event{.kind = *kind,
                .name = document.at("name").get<std::string>(),
                .slot = document.value("slot", 0),
                .pid = document.value("pid", std::uint64_t{0}),
                .os_pid = document.value("os_pid", pid_t{0}),
                .is_once = document.value("once", false),
                .is_detached = document.value("detached", false),
                .status = std::nullopt,
                .reason = document.value("reason", ""),
                .revision = document.at("revision").get<std::uint64_t>()};
    if (document.contains("exit_status"))
      event.status = ExitStatus{.code = document.at("exit_status").get<int>(),
                                .signal = document.value("term_signal", 0)};
    const std::chrono::duration<double> since_1970(document.at("time").get<double>());
    event.time = std::chrono::system_clock::time_point(
        std::chrono::duration_cast<std::chrono::system_clock::duration>(since_1970));
    return event;
  } catch (const json::exception& failure) {
    return refuse(failure.what());
  }
}

std::optional<Gap> parse_gap_document(std::string_view text) {
  const json document = json::parse(text, nullptr, false);
  if (!document.is_object() || document.value("event", json()) != "gap") return std::nullopt;
  const json from = document.value("from", json());
  const json to = document.value("to", json());
  if (!from.is_number_unsigned() || !to.is_number_unsigned()) return std::nullopt;
  return Gap{from.get<std::uint64_t>(), to.get<std::uint64_t>()};
}

bool is_of_topic(const Event& event, std::string_view topic) {
  if (topic.empty() || topic == "." || topic == event_name(event.kind)) return true;
  std::string whole = "proc." + event.name + ".";
  whole += event_name(event.kind);
  return whole == topic || (whole.starts_with(topic) && whole[topic.size()] == '.');
}

}  // namespace gaffer::wire
