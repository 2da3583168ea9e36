#include "wire/events.h"

#include <chrono>

#include "wire/json_writer.h"

namespace gaffer::wire {

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

bool is_of_topic(const Event& event, std::string_view topic) {
  if (topic.empty() || topic == "." || topic == event_name(event.kind)) return true;
  std::string whole = "proc." + event.name + ".";
  whole += event_name(event.kind);
  return whole == topic || (whole.starts_with(topic) && whole[topic.size()] == '.');
}

}  // namespace gaffer::wire
