#include "core/stream/output.h"

#include <chrono>
#include <iterator>

#include "os/files.h"

namespace gaffer::stream {
namespace {

constexpr std::size_t kMaxSources = 8;
constexpr std::size_t kMaxDrain = std::size_t{64} << 20;
constexpr std::chrono::milliseconds kRetry{200};

}  // namespace

Output::Output(uv::Loop& loop, OutputSettings settings, OnGrown on_grown)
    : loop_(loop), settings_(std::move(settings)), on_grown_(std::move(on_grown)) {}

Result<void> Output::attach(os::UniqueFd pipe) {
  GAFFER_TRY(uv::Poll poll, uv::Poll::create(loop_, pipe.get()));
  if (sources_.size() == kMaxSources) sources_.pop_front();
  sources_.push_back({std::move(pipe), std::move(poll)});
  if (!problem_.empty()) return {};
  auto watched = watch(std::prev(sources_.end()));
  if (!watched) sources_.pop_back();
  return watched;
}

Result<void> Output::watch(Sources::iterator source) {
  return source->poll.start([this, source] {
    if (move_once(source)) on_grown_();
  });
}

Result<Segment*> Output::segment() {
  if (!segment_) {
    GAFFER_TRY(Segment opened, settings_.path.empty()
                                   ? Segment::in_memory(settings_.keep_bytes)
                                   : Segment::open(settings_.path, settings_.keep_bytes));
    segment_.emplace(std::move(opened));
  }
  return &*segment_;
}

// As Segment::take, but an end of a pipe that never had a byte opens no segment.
Result<std::size_t> Output::move(int pipe) {
  if (!segment_) {
    const os::PipeState state = os::pipe_state(pipe);
    if (state == os::PipeState::Ended) return 0;
    if (state == os::PipeState::Empty) return Error{Errc::Busy, 0, "nothing in the pipe"};
  }
  GAFFER_TRY(Segment * opened, segment());
  return opened->take(pipe);
}

// Whether bytes came. Gives the source up at the end of its pipe.
bool Output::move_once(Sources::iterator source) {
  const auto moved = move(source->pipe.get());
  if (!moved) {
    if (moved.error().code != Errc::Busy) pause_all(moved.error());
    return false;
  }
  if (*moved == 0) sources_.erase(source);
  return *moved > 0;
}

void Output::drain() {
  const std::uint64_t before = segment_ ? segment_->end() : 0;
  const auto drained = [&] { return segment_ ? segment_->end() - before : 0; };
  for (auto source = sources_.begin(); source != sources_.end() && problem_.empty();) {
    const auto following = std::next(source);
    while (drained() < kMaxDrain && move_once(source)) {
    }
    source = following;
  }
  if (drained() > 0) on_grown_();
}

void Output::pause_all(const Error& why) {
  problem_ = why.message;
  for (Source& source : sources_)
    source.poll.stop();
  if (!retry_) retry_.emplace(loop_);
  retry_->start(kRetry, [this] { resume_all(); });
}

void Output::resume_all() {
  problem_.clear();
  for (auto source = sources_.begin(); source != sources_.end(); ++source) {
    if (const auto watched = watch(source); !watched) return pause_all(watched.error());
  }
}

// Where the segment cannot be opened there is nothing to read, and attach or move will say why.
std::uint64_t Output::begin() {
  const auto opened = segment();
  return opened ? (*opened)->begin() : 0;
}

std::uint64_t Output::end() {
  const auto opened = segment();
  return opened ? (*opened)->end() : 0;
}

Result<std::size_t> Output::read(std::uint64_t offset, std::span<char> into) {
  GAFFER_TRY(Segment * opened, segment());
  return opened->read(offset, into);
}

}  // namespace gaffer::stream
