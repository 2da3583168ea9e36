#include "core/policy/lifecycle.h"

namespace gaffer::policy {
namespace {

constexpr std::array<std::string_view, kInputs> kInputNames = {
    "start", "stop", "restart", "spawned", "spawn failed", "exited", "finished", "time came"};
constexpr std::array<std::string_view, 6> kActionNames = {"",      "spawn", "ask to stop",
                                                          "pause", "rest",  "impossible"};

std::string cell(const Transition& transition) {
  if (transition.action == Action::Impossible) return "–";
  std::string next(state_name(transition.next));
  if (transition.action == Action::None) return next;
  return std::string(kActionNames.at(static_cast<std::size_t>(transition.action))) + " → " + next;
}

}  // namespace

std::string lifecycle_table() {
  std::string table = "| state |";
  std::string rule = "|---|";
  for (const std::string_view input : kInputNames) {
    table += " " + std::string(input) + " |";
    rule += "---|";
  }
  table += "\n" + rule + "\n";
  for (std::size_t state = 0; state < kStates; ++state) {
    table += "| **" + std::string(state_name(static_cast<ProcessState>(state))) + "** |";
    for (const Transition& transition : kLifecycle.at(state))
      table += " " + cell(transition) + " |";
    table += "\n";
  }
  return table;
}

}  // namespace gaffer::policy
