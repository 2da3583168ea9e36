#include "core/manager/start_line.h"

#include <utility>

namespace gaffer {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kShare{20};
// Not 0: what one timer starts without a delay libuv 1.44 calls before it looks for I/O.
constexpr milliseconds kPause{1};

}  // namespace

StartLine::StartLine(uv::Loop& loop, const Clock& clock)
    : share_(loop, clock, kShare), timer_(loop) {}

StartLine::Place StartLine::wait(OnTurn on_turn) {
  auto place = std::make_shared<const OnTurn>(std::move(on_turn));
  line_.push_back(place);
  if (!timer_.is_armed()) timer_.start(kPause, [this] { serve(); });
  return place;
}

void StartLine::serve() {
  is_serving_ = true;
  while (!line_.empty() && share_.is_left()) {
    const Place first = line_.front().lock();
    line_.pop_front();
    if (first) (*first)();
  }
  is_serving_ = false;
  if (!line_.empty()) timer_.start(kPause, [this] { serve(); });
}

}  // namespace gaffer
