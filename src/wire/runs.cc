#include "wire/runs.h"

#include "wire/json_values.h"
#include "wire/json_writer.h"

namespace gaffer::wire {
namespace {

using nlohmann::json;
using std::chrono::system_clock;

double seconds_of(system_clock::time_point time) {
  return std::chrono::duration<double>(time.time_since_epoch()).count();
}

system_clock::time_point time_of(const json& seconds) {
  const std::chrono::duration<double> since_1970(seconds.get<double>());
  return system_clock::time_point(std::chrono::duration_cast<system_clock::duration>(since_1970));
}

void write(JsonWriter& to, const Run& run) {
  to.object().key("name").text(run.name).key("slot").number(run.slot);
  to.key("pid").number(run.pid).key("os_pid").number(run.os_pid);
  to.key("started").number(seconds_of(run.started)).key("ended");
  if (!run.ended) {
    to.null().end_object();
    return;
  }
  to.number(seconds_of(*run.ended)).key("exit_status");
  run.status.is_known ? to.number(run.status.code) : to.null();
  to.key("term_signal");
  run.status.is_known ? to.number(run.status.signal) : to.null();
  to.key("reason").text(run.reason).end_object();
}

Run run_of(const json& object) {
  Run run{.pid = object.at("pid").get<std::uint64_t>(),
          .name = object.at("name").get<std::string>(),
          .slot = object.at("slot").get<int>(),
          .os_pid = object.at("os_pid").get<pid_t>(),
          .started = time_of(object.at("started"))};
  if (object.at("ended").is_null()) return run;
  run.ended = time_of(object.at("ended"));
  run.reason = object.at("reason").get<std::string>();
  run.status.is_known = !object.at("exit_status").is_null();
  if (!run.status.is_known) return run;
  run.status.code = object.at("exit_status").get<int>();
  run.status.signal = object.at("term_signal").get<int>();
  return run;
}

}  // namespace

std::string runs_document(const std::vector<Run>& runs) {
  JsonWriter to;
  to.array();
  for (const Run& run : runs)
    write(to, run);
  return to.end_array().take();
}

Result<std::vector<Run>> parse_runs_document(std::string_view text) {
  try {  // The library throws.
    std::vector<Run> runs;
    for (const json& object : json::parse(text))
      runs.push_back(run_of(object));
    return runs;
  } catch (const json::exception& failure) {
    return Error{Errc::Protocol, 0, std::string("cannot read runs: ") + failure.what()};
  }
}

}  // namespace gaffer::wire
