#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <optional>
#include <span>
#include <string>

#include "core/stream/segment.h"
#include "gaffer/result.h"
#include "os/unique_fd.h"
#include "uv/loop.h"
#include "uv/poll.h"
#include "uv/timer.h"

namespace gaffer::stream {

/// Where the output of a slot goes and how much of it is kept.
struct OutputSettings {
  std::string path;  ///< Empty: in memory.
  std::uint64_t keep_bytes = std::uint64_t{1} << 20;
};

/// Everything the processes of one slot write, one run after the other, each byte at an offset.
///
/// A pipe is moved into the segment as bytes come and until its last holder is gone, which may be a
/// grandchild long after the process. When there is no space the pipe is left alone, so that the
/// process waits and no byte is lost, and tried again five times a second. The segment is opened
/// with the first byte or the first reader: a silent process costs none.
class Output {
 public:
  using OnGrown = std::function<void()>;

  /// CALLS: `on_grown` after bytes came, at most once a turn and pipe.
  Output(uv::Loop& loop, OutputSettings settings, OnGrown on_grown);

  /// Takes over the read end of a pipe. At most 8 are moved at a time; then the oldest is given up.
  Result<void> attach(os::UniqueFd pipe);

  /// Moves what is in the pipes now, so that the last words of a process that has just ended are
  /// here before anybody is told of its end. At most 64 MiB, lest a grandchild that writes for ever
  /// hold us.
  void drain();

  [[nodiscard]] std::uint64_t begin();
  [[nodiscard]] std::uint64_t end();
  Result<std::size_t> read(std::uint64_t offset, std::span<char> into);

  /// Why output is stuck: `cannot write output: no space left on device`; empty while it flows.
  [[nodiscard]] const std::string& problem() const { return problem_; }

 private:
  struct Source {
    os::UniqueFd pipe;
    uv::Poll poll;  // Destroyed before its descriptor.
  };
  using Sources = std::list<Source>;

  Result<Segment*> segment();
  Result<std::size_t> move(int pipe);
  bool move_once(Sources::iterator source);
  Result<void> watch(Sources::iterator source);
  void pause_all(const Error& why);
  void resume_all();

  uv::Loop& loop_;
  OutputSettings settings_;
  OnGrown on_grown_;
  std::optional<Segment> segment_;
  Sources sources_;
  std::string problem_;
  std::optional<uv::Timer> retry_;
};

}  // namespace gaffer::stream
