#include "core/policy/flapping.h"

namespace gaffer::policy {

FlappingVerdict flapping_after(const Flapping& flapping, FlappingHistory& history, Moment now) {
  if (now - history.round_began > flapping.window) history.rounds = 0;
  const auto attempts = static_cast<std::size_t>(flapping.attempts);
  if (history.exits.size() >= attempts) history.exits.erase(history.exits.begin());
  history.exits.push_back(now);
  const bool is_full = history.exits.size() == attempts;
  if (!is_full || now - history.exits.front() > flapping.window) return FlappingVerdict::GoOn;
  history.exits.clear();
  if (history.rounds == flapping.max_retry) return FlappingVerdict::GiveUp;
  ++history.rounds;
  return FlappingVerdict::Pause;
}

void flapping_restarted(FlappingHistory& history, RestartedBy by, Moment now) {
  history.exits.clear();
  history.round_began = now;
  if (by == RestartedBy::Hand) history.rounds = 0;
}

}  // namespace gaffer::policy
