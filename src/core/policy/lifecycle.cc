#include "core/policy/lifecycle.h"

namespace gaffer::policy {
namespace {

constexpr std::array<std::string_view, kInputs> kInputNames = {
    "start",        "stop",      "restart", "reload",   "hold",      "give up", "spawned",
    "spawn failed", "postponed", "exited",  "finished", "time came", "proved",  "successor gone"};
constexpr std::array<std::string_view, 9> kActionNames = {
    "impossible", "",     "spawn",           "ask to stop", "pause",
    "line up",    "rest", "spawn successor", "take over"};

std::string cell(const Transition& transition) {
  if (transition.action == Action::Impossible) return "–";
  std::string next(state_name(transition.next));
  if (transition.action == Action::None) return next;
  return std::string(kActionNames.at(static_cast<std::size_t>(transition.action))) + " → " + next;
}

}  // namespace

std::string lifecycle_table() {
  std::string table = "| input |";
  std::string rule = "|---|";
  for (std::size_t state = 0; state < kStates; ++state) {
    table += " **" + std::string(state_name(static_cast<ProcessState>(state))) + "** |";
    rule += "---|";
  }
  table += "\n" + rule + "\n";
  for (std::size_t input = 0; input < kInputs; ++input) {
    table += "| " + std::string(kInputNames.at(input)) + " |";
    for (const auto& row : kLifecycle)
      table += " " + cell(row.at(input)) + " |";
    table += "\n";
  }
  return table;
}

}  // namespace gaffer::policy
