#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <unordered_map>
#include <utility>

#include "base/clock.h"
#include "gaffer/result.h"
#include "os/ready_set.h"
#include "os/timer_fd.h"
#include "uv/loop.h"
#include "uv/poll.h"

namespace gaffer::stream {

/// The pipes of all outputs of a manager, emptied at one pace.
///
/// Who writes a line at a time would wake us for every few of them. So when pipes bring little, and
/// did so a moment ago, they are left alone for 250 µs and then emptied together: that costs a
/// fraction of the time, and the writers get on faster as well. A pipe that says something now and
/// then is heard at once. To the loop all of them are one watch.
class Intake {
 public:
  /// Moves what is in the pipe and returns how many bytes came. It may do anything with watches.
  using OnReady = std::function<std::size_t()>;

  /// A pipe is watched until this is destroyed.
  class [[nodiscard]] Watch {
   public:
    Watch() = default;
    Watch(Watch&& other) noexcept
        : intake_(std::exchange(other.intake_, nullptr)), id_(other.id_) {}
    Watch& operator=(Watch&& other) noexcept {
      std::swap(intake_, other.intake_);
      std::swap(id_, other.id_);
      return *this;
    }
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;
    ~Watch() {
      if (intake_ != nullptr) intake_->remove(id_);
    }

   private:
    friend class Intake;
    Watch(Intake* intake, std::uint64_t id) : intake_(intake), id_(id) {}

    Intake* intake_ = nullptr;
    std::uint64_t id_ = 0;
  };

  /// LIFETIME: `loop` outlives this, and this its watches.
  explicit Intake(uv::Loop& loop) : loop_(loop) {}

  /// CALLS: `on_ready` on a later turn, again and again, while the pipe has bytes or its last writer
  /// is gone.
  /// ERRORS: LimitReached when there is no room for one more watch.
  /// LIFETIME: the pipe stays open as long as it is watched.
  Result<Watch> watch(int pipe, OnReady on_ready);

 private:
  struct Member {
    int pipe;
    std::shared_ptr<const OnReady> on_ready;
  };
  /// What came of emptying those that are ready.
  struct Round {
    std::size_t pipes = 0;
    std::size_t bytes = 0;

    /// They may bring more if they are left alone for a while.
    [[nodiscard]] bool is_little() const;
  };

  /// What the first pipe needs.
  struct Parts {
    os::ReadySet ready;
    os::TimerFd nap;
    uv::Poll ready_watch;  // Destroyed before what they watch.
    uv::Poll nap_watch;
  };

  Result<void> make_parts();
  Round empty_ready_ones();
  void listen();
  void heard();
  void nap();
  void nap_is_over();
  void remove(std::uint64_t id);

  uv::Loop& loop_;
  std::optional<Parts> parts_;
  std::unordered_map<std::uint64_t, Member> members_;
  std::uint64_t last_id_ = 0;
  Moment last_round_{};
};

}  // namespace gaffer::stream
