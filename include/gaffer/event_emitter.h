#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <initializer_list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "gaffer/detail/event_queue.h"
#include "gaffer/detail/listeners.h"
#include "gaffer/subscription.h"
#include "gaffer/turn_end.h"

namespace gaffer {

/// Brings messages from those who publish to those who have subscribed, who need not know of each
/// other. The manager tells its events with one; an application may have its own.
///
///     EventEmitter<Order> orders(loop);
///     auto heard = orders.subscribe("order.paid", [](std::string_view name, const Order& order) {…});
///     orders.publish("order.paid.card", {.number = 7});
///
/// A name has parts, separated by dots. Who subscribes to `a.b` hears what is published as `a.b`,
/// `a.b.c` and so on; who subscribes to `.` hears everything.
///
/// Publishing and subscribing is legal on any thread. Messages are delivered on the loop's thread,
/// at the end of the turn, in the order in which they were published; those of different threads
/// stand in the order in which they came. A message is heard by those who had subscribed before it
/// was published, in the order in which they did, each once.
///
/// A handler may subscribe, unsubscribe, publish and destroy anything, the emitter included. What it
/// publishes is delivered in the next turn.
template <typename Message>
class EventEmitter {
 public:
  using Handler = std::function<void(std::string_view name, const Message& message)>;

  static constexpr std::size_t kMaxQueued = 65'536;

  /// LIFETIME: `loop` outlives this, and this every call from another thread.
  explicit EventEmitter(uv_loop_s* loop, std::size_t max_queued = kMaxQueued)
      : state_(std::make_shared<State>(max_queued)) {
    state_->turn_end = std::make_unique<TurnEnd>(loop, [weak = std::weak_ptr<State>(state_)] {
      if (const auto state = weak.lock()) state->deliver();  // Kept: a handler may destroy this.
    });
  }
  EventEmitter(const EventEmitter&) = delete;
  EventEmitter& operator=(const EventEmitter&) = delete;
  ~EventEmitter() { state_->close(); }

  /// Legal on any thread, as is ending the subscription. Ended on the loop's thread the handler is
  /// not called any more; ended on another one, a call that is under way goes on. A handler is never
  /// destroyed while it runs.
  /// CALLS: `handler` on the loop's thread with every message of that name that is published from
  /// now on.
  Subscription subscribe(std::string_view name, Handler handler) {
    return subscribe(name, std::move(handler), false);
  }

  /// The same for the next message alone.
  Subscription subscribe_once(std::string_view name, Handler handler) {
    return subscribe(name, std::move(handler), true);
  }

  /// Legal on any thread. False when the queue is full, `max_queued`: then the message is refused.
  bool publish(std::string_view name, Message message) {
    return state_->publish(name, std::move(message));
  }

  /// On the loop's thread: delivers now what has been published, instead of at the end of the turn.
  /// Within a handler it does nothing.
  void deliver() {
    const auto state = state_;  // A handler may destroy this.
    state->deliver();
  }

  /// Publishes one message under several names: who hears two of them hears it once, under the
  /// first of those. A name must not hold a NUL.
  bool publish_as(std::initializer_list<std::string_view> names, Message message) {
    std::string joined;
    for (const std::string_view name : names)
      joined.append(joined.empty() ? "" : std::string_view("\0", 1)).append(name);
    return state_->publish(joined, std::move(message));
  }

 private:
  using Listener = detail::Listener<Message>;
  using Queue = detail::EventQueue<Message>;

  // Outlives the emitter as long as a handler runs.
  struct State {
    explicit State(std::size_t most) : max_queued(most) {}

    bool is_on_loop() const {
      return loop_thread.load(std::memory_order_relaxed) == std::this_thread::get_id();
    }

    // Invariant: what is in `mine` came before what is in `theirs`. So who is on the loop's thread
    // takes theirs over first, and need not lock when there are none.
    Queue& mine_after_theirs() {
      if (has_theirs.load(std::memory_order_acquire)) {
        const std::scoped_lock lock(mutex);
        mine.take(theirs);
        has_theirs.store(false, std::memory_order_relaxed);
      }
      return mine;
    }

    bool publish(std::string_view names, Message message) {
      if (is_on_loop()) {
        Queue& queue = mine_after_theirs();
        if (queue.items().size() >= max_queued) return false;
        if (queue.is_empty()) turn_end->ring();
        queue.push(names, std::move(message));
        return true;
      }
      const std::scoped_lock lock(mutex);
      if (theirs.items().size() >= max_queued) return false;
      theirs.push(names, std::move(message));
      ring_for_theirs();
      return true;
    }

    void subscribe(std::string_view name, std::shared_ptr<Listener> listener) {
      if (is_on_loop()) {
        mine_after_theirs().push(name, std::move(listener));
        if (!is_delivering && mine.items().empty()) admit(mine, 0);
        if (!mine.is_empty()) turn_end->ring();
        return;
      }
      const std::scoped_lock lock(mutex);
      theirs.push(name, std::move(listener));
      ring_for_theirs();
    }

    void drop(Listener& listener) {
      listener.is_dropped = true;
      has_dropped = true;
      if (is_on_loop() && !is_delivering) sweep();
    }

    // REQUIRES: the mutex is held.
    void ring_for_theirs() {
      if (!has_theirs.exchange(true, std::memory_order_release)) turn_end->ring_from_anywhere();
    }

    // Takes in those who want to hear the messages from `position` on.
    void admit(Queue& queue, std::size_t position) {
      auto& newcomers = queue.newcomers();
      auto at = newcomers.begin();
      for (; at != newcomers.end() && at->position <= position; ++at) {
        if (!at->listener->is_dropped) listeners.add(at->name, std::move(at->listener));
        resolved_name = Queue::kNoName;
      }
      newcomers.erase(newcomers.begin(), at);
    }

    void deliver() {
      if (is_delivering) return;
      loop_thread.store(std::this_thread::get_id(), std::memory_order_relaxed);
      std::swap(mine_after_theirs(), delivered);
      is_delivering = true;
      const auto& items = delivered.items();
      for (std::size_t at = 0; at < items.size() && !is_closed; ++at) {
        admit(delivered, at);
        tell(items[at]);
      }
      admit(delivered, items.size());
      is_delivering = false;
      delivered.clear();
      resolved_name = Queue::kNoName;
      sweep();
    }

    void tell(const typename Queue::Item& item) {
      if (item.name != resolved_name) {
        listeners.find(delivered.name_of(item), resolved);
        resolved_name = item.name;
      }
      for (const auto& [listener, name] : resolved) {
        if (listener->is_dropped.load(std::memory_order_relaxed)) continue;
        if (listener->is_once) listener->is_dropped = has_dropped = true;
        listener->handler(name, item.message);
        if (is_closed) return;
      }
    }

    void sweep() {
      if (!has_dropped.exchange(false)) return;
      listeners.sweep();
      resolved_name = Queue::kNoName;
    }

    void close() {
      is_closed = true;
      turn_end.reset();
    }

    const std::size_t max_queued;
    std::atomic<std::thread::id> loop_thread{};  // Nobody until the loop's first turn.
    std::atomic<bool> has_theirs{false};
    std::atomic<bool> has_dropped{false};
    std::mutex mutex;
    Queue theirs;  // Guarded by mutex. What follows belongs to the loop's thread.
    Queue mine;
    Queue delivered;
    detail::Listeners<Message> listeners;
    std::vector<typename detail::Listeners<Message>::Hearing> resolved;  // Who hears resolved_name.
    std::size_t resolved_name = Queue::kNoName;
    bool is_delivering = false;
    bool is_closed = false;
    std::unique_ptr<TurnEnd> turn_end;
  };

  Subscription subscribe(std::string_view name, Handler handler, bool is_once) {
    auto listener = std::make_shared<Listener>();
    listener->handler = std::move(handler);
    listener->is_once = is_once;
    state_->subscribe(name, listener);
    return Subscription(std::shared_ptr<void>(
        nullptr, [weak = std::weak_ptr<State>(state_), listener = std::move(listener)](void*) {
          if (const auto state = weak.lock()) state->drop(*listener);
        }));
  }

  std::shared_ptr<State> state_;
};

}  // namespace gaffer
