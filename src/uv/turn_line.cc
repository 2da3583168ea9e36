#include "uv/turn_line.h"

#include <utility>

namespace gaffer::uv {
namespace {

using std::chrono::milliseconds;

// Not 0: what one timer starts without a delay libuv 1.44 calls before it looks for I/O.
constexpr milliseconds kPause{1};

}  // namespace

TurnLine::TurnLine(Loop& loop, const Clock& clock, Duration share)
    : share_(loop, clock, share), timer_(loop) {}

TurnLine::Place TurnLine::wait(OnTurn on_turn) {
  auto place = std::make_shared<const OnTurn>(std::move(on_turn));
  line_.push_back(place);
  if (!timer_.is_armed()) timer_.start(kPause, [this] { serve(); });
  return place;
}

void TurnLine::serve() {
  is_serving_ = true;
  while (!line_.empty() && share_.is_left()) {
    const Place first = line_.front().lock();
    line_.pop_front();
    if (first) (*first)();
  }
  is_serving_ = false;
  if (!line_.empty()) timer_.start(kPause, [this] { serve(); });
}

}  // namespace gaffer::uv
