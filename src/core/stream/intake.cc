#include "core/stream/intake.h"

#include <array>
#include <chrono>
#include <span>

namespace gaffer::stream {
namespace {

constexpr std::chrono::microseconds kNap{250};
// Rounds that are further apart than this are no flow, but single words.
constexpr std::chrono::milliseconds kFlow{1};
// What a pipe of the usual size holds.
constexpr std::size_t kMuch = std::size_t{64} << 10;
// Then other things on the loop have their turn.
constexpr std::size_t kMostInARound = std::size_t{8} << 20;

}  // namespace

Result<void> Intake::make_parts() {
  if (parts_) return {};
  GAFFER_TRY(os::ReadySet ready, os::ReadySet::create());
  GAFFER_TRY(os::TimerFd nap, os::TimerFd::create());
  GAFFER_TRY(uv::Poll ready_watch, uv::Poll::create(loop_, ready.descriptor()));
  GAFFER_TRY(uv::Poll nap_watch, uv::Poll::create(loop_, nap.descriptor()));
  parts_.emplace(
      Parts{std::move(ready), std::move(nap), std::move(ready_watch), std::move(nap_watch)});
  return {};
}

Result<Intake::Watch> Intake::watch(int pipe, OnReady on_ready) {
  GAFFER_TRY(make_parts());
  const std::uint64_t id = ++last_id_;
  GAFFER_TRY(parts_->ready.add(pipe, id));
  members_.emplace(id, Member{pipe, std::make_shared<const OnReady>(std::move(on_ready))});
  Watch watch(this, id);
  if (members_.size() == 1) listen();
  return watch;
}

void Intake::remove(std::uint64_t id) {
  const auto member = members_.find(id);
  parts_->ready.remove(member->second.pipe);
  members_.erase(member);
  if (!members_.empty()) return;
  // A loop with nothing else to wait for may end.
  parts_->ready_watch.stop();
  parts_->nap_watch.stop();
  parts_->nap.disarm();
}

bool Intake::Round::is_little() const { return bytes < pipes * kMuch; }

Intake::Round Intake::empty_ready_ones() {
  Round round;
  std::array<std::uint64_t, 256> ids{};
  const std::size_t count = parts_->ready.ready(ids);
  for (const std::uint64_t id : std::span(ids).first(count)) {
    if (round.bytes >= kMostInARound) break;  // They are first in the next round.
    const auto member = members_.find(id);
    if (member == members_.end()) continue;  // One before it has closed it.
    const auto on_ready = member->second.on_ready;
    round.bytes += (*on_ready)();
    ++round.pipes;
  }
  last_round_ = std::chrono::steady_clock::now();
  return round;
}

void Intake::listen() {
  parts_->nap_watch.stop();
  parts_->nap.disarm();
  // Without room for the watch they are looked at time after time.
  if (!members_.empty() && !parts_->ready_watch.start([this] { heard(); })) nap();
}

void Intake::heard() {
  const bool is_flow = std::chrono::steady_clock::now() - last_round_ < kFlow;
  const Round round = empty_ready_ones();
  if (is_flow && round.is_little() && !members_.empty()) nap();
}

void Intake::nap() {
  parts_->ready_watch.stop();
  parts_->nap.arm(kNap);
  if (!parts_->nap_watch.start([this] { nap_is_over(); }))
    (void)parts_->ready_watch.start([this] { heard(); });
}

void Intake::nap_is_over() {
  const Round round = empty_ready_ones();
  if (members_.empty()) return;
  if (round.pipes > 0 && round.is_little()) {
    parts_->nap.arm(kNap);
  } else {
    listen();
  }
}

}  // namespace gaffer::stream
