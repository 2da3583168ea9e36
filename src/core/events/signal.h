#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "gaffer/subscription.h"

namespace gaffer {

/// Tells many about one kind of event, in the order in which they subscribed, on the loop's thread.
///
/// A handler may subscribe, unsubscribe and destroy anything, the signal included: newcomers hear
/// the next event, the dismissed hear nothing more. What an event tells has happened before it is
/// told.
template <typename Event>
class Signal {
 public:
  using Handler = std::function<void(const Event&)>;

  /// CALLS: `handler` for each event, from within `emit`.
  Subscription subscribe(Handler handler) {
    auto entry = std::make_shared<const Handler>(std::move(handler));
    state_->entries.push_back(entry);
    return Subscription(std::const_pointer_cast<Handler>(entry));
  }

  void emit(const Event& event) {
    const std::shared_ptr<State> state = state_;  // Survives this signal, if a handler destroys it.
    const std::size_t count = state->entries.size();
    ++state->depth;
    for (std::size_t at = 0; at < count && state.use_count() > 1; ++at) {
      if (const auto handler = state->entries[at].lock()) (*handler)(event);
    }
    // Entries move only when nobody is walking them.
    if (--state->depth == 0)
      std::erase_if(state->entries, [](const auto& entry) { return entry.expired(); });
  }

 private:
  struct State {
    std::vector<std::weak_ptr<const Handler>> entries;
    int depth = 0;
  };
  std::shared_ptr<State> state_ = std::make_shared<State>();
};

}  // namespace gaffer
