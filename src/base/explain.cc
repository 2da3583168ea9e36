#include "base/explain.h"

#include "base/duration_text.h"

namespace gaffer {
namespace {

std::string ordinal(std::uint32_t number) {
  const bool is_teen = number % 100 >= 11 && number % 100 <= 13;
  const char* ending = "th";
  if (!is_teen && number % 10 == 1) ending = "st";
  if (!is_teen && number % 10 == 2) ending = "nd";
  if (!is_teen && number % 10 == 3) ending = "rd";
  return std::to_string(number) + ending;
}

// Where it says more than the state and the last exit do.
std::string further(const ProcessInfo& process) {
  return process.reason.empty() ? "" : ", " + process.reason;
}

std::string running(const ProcessInfo& process) {
  std::string text = "running for " + duration_text(process.uptime.value_or(process.since)) +
                     ", process " + std::to_string(process.os_pid);
  if (process.restarts > 0) {
    text += ", restarted " + std::to_string(process.restarts) +
            (process.restarts == 1 ? " time" : " times");
  }
  if (process.last_exit) text += ", last end: " + describe(*process.last_exit);
  return text + further(process);
}

std::string waiting(const ProcessInfo& process) {
  const std::string next =
      ", next start in " + duration_text(process.next_start.value_or(std::chrono::milliseconds(0)));
  if (process.is_held) return process.reason + next;
  const bool has_run = process.last_exit && process.reason == describe(*process.last_exit);
  return "backing off, " + ordinal(process.early_exits) + (has_run ? " exit" : " failed start") +
         " in " + duration_text(process.early_since) + " (" + process.reason + ")" + next;
}

std::string sentence(const ProcessInfo& process) {
  const std::string since = duration_text(process.since);
  switch (process.state) {
    case ProcessState::Running:
      return running(process);
    case ProcessState::Waiting:
      return waiting(process);
    case ProcessState::Stopped:
      return "not running for " + since + further(process);
    case ProcessState::Failed:
      return "failed" + further(process) + ", " + since + " ago; start it by hand";
    case ProcessState::Reloading:
      return "reloading for " + since + ", process " + std::to_string(process.os_pid) +
             " runs until the new one has proved itself";
    case ProcessState::Restarting:
      return "restarting for " + since + further(process) + ", is started when it has ended";
    case ProcessState::Starting:
    case ProcessState::Stopping:
      return std::string(state_name(process.state)) + " for " + since + further(process);
  }
  return {};
}

}  // namespace

std::string label_of(const ProcessInfo& process) {
  return process.slot > 0 ? process.name + "." + std::to_string(process.slot) : process.name;
}

std::string explain(const ProcessInfo& process) {
  return label_of(process) + ": " + sentence(process);
}

}  // namespace gaffer
