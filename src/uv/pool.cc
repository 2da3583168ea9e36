#include "uv/pool.h"

#include <signal.h>

#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <system_error>
#include <thread>

#include "uv/loop.h"
#include "uv/wakeup.h"

namespace gaffer::uv {
namespace {

constexpr std::size_t kMostThreads = 4;

/// Signals go to the threads that were there before.
class NoSignals {
 public:
  NoSignals() {
    sigset_t all;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  NoSignals(const NoSignals&) = delete;
  NoSignals& operator=(const NoSignals&) = delete;
  ~NoSignals() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

 private:
  sigset_t before_{};
};

}  // namespace

/// One piece of work.
struct Pool::Item {
  std::string lane;
  std::function<void()> work;
  std::function<void()> done;
  std::weak_ptr<void> wanted;
};

/// The threads and what lies before them. They hold it as long as they run, and so outlive the pool
/// where one of them hangs.
struct Pool::Crew {
  std::mutex mutex;
  std::condition_variable has_work;
  // All guarded by the mutex:
  std::deque<std::shared_ptr<Item>> items;
  std::function<void(std::shared_ptr<Item>)> on_done;  // Empty once the pool is gone.
  std::size_t threads = 0;
  std::size_t idle = 0;

  static void run(const std::shared_ptr<Crew>& crew) {
    std::unique_lock lock(crew->mutex);
    while (true) {
      ++crew->idle;
      crew->has_work.wait(lock, [&] { return !crew->items.empty() || !crew->on_done; });
      --crew->idle;
      if (!crew->on_done) return;
      const std::shared_ptr<Item> item = std::move(crew->items.front());
      crew->items.pop_front();
      lock.unlock();
      item->work();
      lock.lock();
      if (crew->on_done) crew->on_done(item);
    }
  }
};

/// What belongs to the loop.
struct Pool::Lanes {
  explicit Lanes(Loop& loop) : wakeup(loop) {
    wakeup.keep_loop_alive(false);
    crew->on_done = [this](std::shared_ptr<Item> item) {
      wakeup.post([this, item = std::move(item)] { finish(*item); });
    };
  }
  Lanes(const Lanes&) = delete;
  Lanes& operator=(const Lanes&) = delete;
  ~Lanes() {
    const std::scoped_lock lock(crew->mutex);
    crew->items.clear();
    crew->on_done = nullptr;
    crew->has_work.notify_all();
  }

  Wakeup wakeup;
  std::shared_ptr<Crew> crew = std::make_shared<Crew>();
  std::size_t running = 0;
  /// A lane is there while something of it runs: what waits for that to end.
  std::map<std::string, std::deque<std::shared_ptr<Item>>> waiting{};

  void begin(std::shared_ptr<Item> item) {
    if (running++ == 0) wakeup.keep_loop_alive(true);
    if (!has_hands()) {
      item->work();
      return wakeup.post([this, item = std::move(item)] { finish(*item); });
    }
    const std::scoped_lock lock(crew->mutex);
    crew->items.push_back(std::move(item));
    crew->has_work.notify_one();
  }

  /// Whether there is a thread for one item more, at once or later.
  bool has_hands() const {
    const std::scoped_lock lock(crew->mutex);
    if (crew->idle > crew->items.size() || crew->threads == kMostThreads) return true;
    try {
      const NoSignals no_signals;
      std::thread([crew = crew] { Crew::run(crew); }).detach();
      ++crew->threads;
    } catch (const std::system_error&) {  // As many as the system allows.
    }
    return crew->threads > 0;
  }

  void finish(const Item& item) {
    if (--running == 0) wakeup.keep_loop_alive(false);
    go_on(item.lane);
    // Held while it runs: it may drop its own ticket, and the pool.
    const std::shared_ptr<void> wanted = item.wanted.lock();
    if (wanted) item.done();
  }

  void go_on(const std::string& lane) {
    const auto queue = waiting.find(lane);
    while (!queue->second.empty()) {
      std::shared_ptr<Item> next = std::move(queue->second.front());
      queue->second.pop_front();
      if (!next->wanted.expired()) return begin(std::move(next));
    }
    waiting.erase(queue);
  }
};

Pool::Pool(Loop& loop) : lanes_(std::make_unique<Lanes>(loop)) {}

Pool::~Pool() = default;

Pool::Ticket Pool::submit(const std::string& lane, std::function<void()> work,
                          std::function<void()> done) {
  auto wanted = std::make_shared<char>();
  auto item = std::make_shared<Item>(Item{lane, std::move(work), std::move(done), wanted});
  const auto [queue, is_free] = lanes_->waiting.try_emplace(lane);
  if (is_free) {
    lanes_->begin(std::move(item));
  } else {
    queue->second.push_back(std::move(item));
  }
  return Ticket(std::move(wanted));
}

}  // namespace gaffer::uv
