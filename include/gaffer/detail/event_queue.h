#pragma once

#include <cstddef>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gaffer/detail/listeners.h"

namespace gaffer::detail {

/// What waits for the end of the turn: messages, and between them those who want to hear what comes
/// after. Emptied it keeps its memory, so that it allocates nothing in the long run.
template <typename Message>
class EventQueue {
 public:
  struct Item {
    std::size_t name = 0;  // Where its names begin and end in `names`.
    std::size_t name_end = 0;
    Message message;
  };
  static constexpr std::size_t kNoName = std::numeric_limits<std::size_t>::max();

  struct Newcomer {
    std::size_t position;  // Hears the items from this one on.
    std::string name;
    std::shared_ptr<Listener<Message>> listener;
  };

  void push(std::string_view names, Message message) {
    // Many of the same name in a row are usual.
    if (items_.empty() || name_of(items_.back()) != names) {
      last_name_ = names_.size();
      names_.append(names);
    }
    items_.push_back({last_name_, names_.size(), std::move(message)});
  }

  void push(std::string_view name, std::shared_ptr<Listener<Message>> listener) {
    newcomers_.push_back({items_.size(), std::string(name), std::move(listener)});
  }

  /// Takes all that is in the other one behind its own.
  void take(EventQueue& other) {
    if (is_empty()) return std::swap(*this, other);
    for (Newcomer& newcomer : other.newcomers_) {
      newcomer.position += items_.size();
      newcomers_.push_back(std::move(newcomer));
    }
    for (Item& item : other.items_)
      push(other.name_of(item), std::move(item.message));
    other.clear();
  }

  void clear() {
    items_.clear();
    names_.clear();
    newcomers_.clear();
  }

  [[nodiscard]] bool is_empty() const { return items_.empty() && newcomers_.empty(); }
  [[nodiscard]] const std::vector<Item>& items() const { return items_; }
  [[nodiscard]] std::vector<Newcomer>& newcomers() { return newcomers_; }
  [[nodiscard]] std::string_view name_of(const Item& item) const {
    return std::string_view(names_).substr(item.name, item.name_end - item.name);
  }

 private:
  std::vector<Item> items_;
  std::string names_;
  std::size_t last_name_ = 0;
  std::vector<Newcomer> newcomers_;
};

}  // namespace gaffer::detail
