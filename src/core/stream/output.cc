#include "core/stream/output.h"

#include <chrono>
#include <iterator>
#include <utility>

#include "os/files.h"
#include "os/pipes.h"

namespace gaffer::stream {
namespace {

constexpr std::size_t kMaxSources = 8;
constexpr std::size_t kMaxDrain = std::size_t{64} << 20;
constexpr std::size_t kMaxDrop = std::size_t{1} << 20;
constexpr std::chrono::milliseconds kRetry{100};
// A pipe that brings half of what it can hold at once is in demand.
constexpr std::size_t kDemand = std::size_t{32} << 10;

}  // namespace

Output::Output(uv::Loop& loop, Intake& intake, std::unique_ptr<Log> log, OnGrown on_grown)
    : loop_(loop), intake_(intake), log_(std::move(log)), on_grown_(std::move(on_grown)) {}

Result<void> Output::attach(os::UniqueFd pipe, std::uint64_t run) {
  if (sources_.size() == kMaxSources) sources_.pop_front();
  sources_.push_back({.pipe = std::move(pipe), .run = run});
  log_->begin_run(run);
  if (mode_ == Mode::Wait) return {};
  auto watched = watch(std::prev(sources_.end()));
  if (!watched) sources_.pop_back();
  return watched;
}

Result<void> Output::watch(Sources::iterator source) {
  GAFFER_TRY(source->watch, intake_.watch(source->pipe.get(), [this, source] {
    if (mode_ == Mode::Drop) return drop(source);
    const std::size_t moved = move_once(source);
    if (moved > 0) on_grown_();
    return moved;
  }));
  return {};
}

Result<std::size_t> Output::move(Source& source) {
  if (!log_->is_open()) {  // The end of a pipe that never had a byte opens none.
    const os::PipeState state = os::pipe_state(source.pipe.get());
    if (state == os::PipeState::Ended) return std::size_t{0};
    if (state == os::PipeState::Empty) return Error{Errc::Busy, 0, "nothing in the pipe"};
  }
  GAFFER_TRY(const Log::Readiness readiness,
             log_->prepare([this](const Result<void>& prepared) { resume(prepared); }));
  if (readiness == Log::Readiness::Later) {
    wait();
    return Error{Errc::Busy, 0, "the log is being opened"};
  }
  return log_->take(source.pipe.get(), source.run);
}

// How many bytes came. Gives the source up at the end of its pipe.
std::size_t Output::move_once(Sources::iterator source) {
  const auto moved = move(*source);
  if (!moved) {
    if (moved.error().code != Errc::Busy) stuck(moved.error());
    return 0;
  }
  if (*moved == 0) {
    sources_.erase(source);
    return 0;
  }
  problem_.clear();
  if (*moved >= kDemand && !source->is_enlarged) {
    source->is_enlarged = true;
    (void)os::enlarge_pipe(source->pipe.get());  // Best effort.
  }
  return *moved;
}

std::size_t Output::drop(Sources::iterator source) {
  const auto gone = os::discard(source->pipe.get(), kMaxDrop);
  if (!gone) return 0;
  if (*gone == 0) {
    sources_.erase(source);
    return 0;
  }
  dropped_ += *gone;
  log_->skip(*gone);
  return *gone;
}

void Output::drain() {
  std::size_t drained = 0;
  for (auto source = sources_.begin(); source != sources_.end() && mode_ == Mode::Flow;) {
    const auto following = std::next(source);
    for (std::size_t moved = 1; moved > 0 && drained < kMaxDrain; drained += moved)
      moved = move_once(source);
    source = following;
  }
  if (drained > 0) on_grown_();
}

void Output::hold_until_drained(std::shared_ptr<void> held) {
  if (mode_ != Mode::Wait) return;
  if (held_.size() == kMaxSources) held_.erase(held_.begin());
  held_.push_back(std::move(held));
}

void Output::wait() {
  mode_ = Mode::Wait;
  for (Source& source : sources_)
    source.watch = {};
}

void Output::stuck(const Error& why) {
  problem_ = why.message;
  wait();
  if (on_full_ == OnFull::Drop) {
    mode_ = Mode::Drop;
    held_.clear();
    watch_all();
  }
  try_again_later();
}

void Output::try_again() {
  wait();
  const auto readiness = log_->prepare([this](const Result<void>& prepared) { resume(prepared); });
  if (!readiness) return stuck(readiness.error());
  if (*readiness == Log::Readiness::Now) resume({});
}

void Output::resume(const Result<void>& prepared) {
  if (!prepared) return stuck(prepared.error());
  mode_ = Mode::Flow;
  // What was dropped does not wait in the pipe to show that there is space.
  if (on_full_ == OnFull::Drop) problem_.clear();
  watch_all();
  take_what_waited();
}

// One move takes all that a pipe can hold; more has come since, and has its turn.
void Output::take_what_waited() {
  std::size_t taken = 0;
  for (auto source = sources_.begin(); source != sources_.end() && mode_ == Mode::Flow;)
    taken += move_once(source++);
  if (mode_ == Mode::Flow) held_.clear();
  if (taken > 0) on_grown_();
}

void Output::watch_all() {
  for (auto source = sources_.begin(); source != sources_.end(); ++source) {
    const auto watched = watch(source);
    if (watched) continue;
    problem_ = watched.error().message;
    try_again_later();
  }
}

void Output::try_again_later() {
  if (!retry_) retry_.emplace(loop_);
  retry_->start(kRetry, [this] { try_again(); });
}

}  // namespace gaffer::stream
