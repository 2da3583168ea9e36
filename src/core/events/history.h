#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

#include "gaffer/event.h"
#include "gaffer/result.h"

namespace gaffer {

/// The last events, each with its revision: first + 1, first + 2 … A reader is a revision: a late
/// one reads the past, a slow one costs no memory, and one that fell behind learns that it did.
class EventHistory {
 public:
  /// Keeps `capacity` events, at least one; each further one takes the place of the oldest.
  EventHistory(std::size_t capacity, std::uint64_t first) : capacity_(capacity), last_(first) {}

  /// Takes an event in and returns it with its revision.
  const Event& add(Event event);

  /// Of the last event.
  [[nodiscard]] std::uint64_t revision() const { return last_; }

  /// The events after a revision, the oldest first, at most `limit`.
  /// ERRORS: NotFound when some of them are no longer kept, or when there has never been such a
  /// revision. Then only a look at the present state helps.
  [[nodiscard]] Result<std::vector<Event>> after(std::uint64_t revision, std::size_t limit) const;

 private:
  std::size_t capacity_;
  std::uint64_t last_;
  std::deque<Event> kept_;  // The newest at the back.
};

}  // namespace gaffer
