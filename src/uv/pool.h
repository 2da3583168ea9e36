#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

namespace gaffer::uv {

class Loop;

/// Runs what may block on threads beside the loop.
///
/// Work has a *lane*, any text: what is in one lane runs one after the other, in order. So a file
/// system that hangs holds one thread, and only what waits for that same file system. There are up
/// to four threads, made when they are needed; they take no signals. Where none can be made the work
/// is done on the loop. (libuv's own pool aborts then, and is the host's.)
class Pool {
 public:
  /// Who waits for an answer: dropping it means that the answer is not wanted any more. Work that
  /// has not begun is then not done; work that has begun runs to its end.
  class [[nodiscard]] Ticket {
   public:
    Ticket() = default;
    [[nodiscard]] bool is_waiting() const { return wanted_ != nullptr; }

   private:
    friend class Pool;
    explicit Ticket(std::shared_ptr<void> wanted) : wanted_(std::move(wanted)) {}
    std::shared_ptr<void> wanted_;
  };

  explicit Pool(Loop& loop);
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;
  /// What has not begun is not done.
  ~Pool();

  /// CALLS: `work()` on a thread, with nothing of the caller's but copies; then `done(result)` on
  /// the loop, not once the ticket was dropped. `done` may drop its own ticket.
  template <typename Work, typename Done>
  Ticket run(const std::string& lane, Work work, Done done) {
    auto result = std::make_shared<std::optional<std::invoke_result_t<Work>>>();
    return submit(
        lane, [result, work = std::move(work)]() mutable { result->emplace(work()); },
        [result, done = std::move(done)]() mutable { done(*std::move(*result)); });
  }

 private:
  struct Crew;
  struct Item;
  struct Lanes;

  Ticket submit(const std::string& lane, std::function<void()> work, std::function<void()> done);

  std::unique_ptr<Lanes> lanes_;
};

}  // namespace gaffer::uv
