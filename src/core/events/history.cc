#include "core/events/history.h"

#include <algorithm>
#include <string>
#include <utility>

namespace gaffer {

const Event& EventHistory::add(Event event) {
  event.revision = ++last_;
  if (kept_.size() == capacity_) kept_.pop_front();
  kept_.push_back(std::move(event));
  return kept_.back();
}

Result<std::vector<Event>> EventHistory::after(std::uint64_t revision, std::size_t limit) const {
  const std::uint64_t before_oldest = last_ - kept_.size();
  if (revision < before_oldest || revision > last_) {
    return Error{Errc::NotFound, 0,
                 "cannot go on after revision " + std::to_string(revision) + ": only those after " +
                     std::to_string(before_oldest) + " up to " + std::to_string(last_) +
                     " are kept"};
  }
  const auto begin = kept_.begin() + static_cast<std::ptrdiff_t>(revision - before_oldest);
  const std::size_t count = std::min<std::size_t>(limit, last_ - revision);
  return std::vector<Event>(begin, begin + static_cast<std::ptrdiff_t>(count));
}

}  // namespace gaffer
