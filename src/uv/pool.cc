#include "uv/pool.h"

#include <uv.h>

#include <deque>
#include <map>

#include "base/assert.h"
#include "uv/loop.h"

namespace gaffer::uv {

/// One piece of work. libuv holds it while it runs, the lane before.
struct Pool::Item {
  uv_work_t raw{};
  std::shared_ptr<Lanes> lanes;
  std::string lane;
  std::function<void()> work;
  std::function<void()> done;
  std::weak_ptr<void> wanted;
};

struct Pool::Lanes {
  uv_loop_t* loop;
  bool is_closed = false;
  /// A lane is there while something of it runs: what waits for that to end.
  std::map<std::string, std::deque<std::unique_ptr<Item>>> waiting{};

  void begin(std::unique_ptr<Item> item) {
    Item* raw = item.release();
    raw->raw.data = raw;
    const auto work = [](uv_work_t* request) { static_cast<Item*>(request->data)->work(); };
    const auto done = [](uv_work_t* request, int /*status*/) {
      finish(std::unique_ptr<Item>(static_cast<Item*>(request->data)));
    };
    GAFFER_ASSERT(uv_queue_work(loop, &raw->raw, work, done) == 0, "libuv takes work");
  }

  static void finish(std::unique_ptr<Item> item) noexcept {
    const std::shared_ptr<Lanes> lanes = item->lanes;
    lanes->go_on(item->lane);
    // Held while it runs: it may drop its own ticket.
    const std::shared_ptr<void> wanted = item->wanted.lock();
    if (wanted) item->done();
  }

  void go_on(const std::string& lane) {
    const auto queue = waiting.find(lane);
    while (!queue->second.empty()) {
      std::unique_ptr<Item> next = std::move(queue->second.front());
      queue->second.pop_front();
      if (!is_closed && !next->wanted.expired()) return begin(std::move(next));
    }
    waiting.erase(queue);
  }
};

Pool::Pool(Loop& loop) : lanes_(std::make_shared<Lanes>(Lanes{.loop = loop.raw()})) {}

Pool::~Pool() { lanes_->is_closed = true; }

Pool::Ticket Pool::submit(const std::string& lane, std::function<void()> work,
                          std::function<void()> done) {
  auto wanted = std::make_shared<char>();
  auto item = std::make_unique<Item>();
  item->lanes = lanes_;
  item->lane = lane;
  item->work = std::move(work);
  item->done = std::move(done);
  item->wanted = wanted;
  const auto [queue, is_free] = lanes_->waiting.try_emplace(lane);
  if (is_free) {
    lanes_->begin(std::move(item));
  } else {
    queue->second.push_back(std::move(item));
  }
  return Ticket(std::move(wanted));
}

}  // namespace gaffer::uv
