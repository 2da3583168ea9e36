#include "core/process/hunt.h"

#include <algorithm>
#include <utility>

namespace gaffer {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// Looks take a quarter of the time at most: three times as long as one took nobody looks again. When
// many are stopped at once they end within some milliseconds, and one look serves them all; but a
// look is slow also where others leave us no time, and they may be those who are to be killed.
constexpr int kRest = 3;
constexpr milliseconds kShortestRest{5};
constexpr milliseconds kLongestRest{20};

// Processes that end within this time are hunted with one look.
constexpr milliseconds kGather{20};

// Then they are looked for again after 1 ms, 2 ms, … and twice a second in the end.
constexpr milliseconds kFirstPause{1};
constexpr milliseconds kLongestPause{500};
constexpr int kMaxLooks = 24;

}  // namespace

Hunt::~Hunt() {
  while (!pursuits_.empty()) {
    const auto table = os::look_at_processes(leaders_, strangers_, root_);
    if (!table) return;
    kill_who_is_left(*table);
  }
}

Result<const os::ProcessTable*> Hunt::look_since(Moment since) {
  const Moment begin = steady_clock::now();
  if (taken_ > since && begin < next_look_) return &table_;
  if (begin < next_look_) return nullptr;
  GAFFER_TRY(table_, os::look_at_processes(leaders_, strangers_, root_));
  taken_ = begin;
  const Moment end = steady_clock::now();
  next_look_ = end + std::clamp<Duration>(kRest * (end - begin), kShortestRest, kLongestRest);
  return &table_;
}

void Hunt::pursue(os::Tree tree) {
  pursuits_.push_back({std::move(tree)});
  news_ = steady_clock::now();
  if (!timer_.is_armed() || pause_ > kGather) look_after(kGather);
}

void Hunt::look_after(milliseconds pause) {
  pause_ = pause;
  timer_.start(pause, [this] {
    const auto table = look_since(news_);
    if (!table) return pursuits_.clear();  // Without /proc nobody can be found.
    if (*table) kill_who_is_left(**table);
    if (!pursuits_.empty()) {
      look_after(pause_ == kGather ? kFirstPause : std::min(pause_ * 2, kLongestPause));
    };
  });
}

void Hunt::kill_who_is_left(const os::ProcessTable& table) {
  std::erase_if(pursuits_, [&](Pursuit& pursuit) {
    if (!pursuit.tree.is_alive(table) || ++pursuit.looks > kMaxLooks) return true;
    pursuit.tree.kill_strays(table);
    return false;
  });
  news_ = steady_clock::now();
}

}  // namespace gaffer
