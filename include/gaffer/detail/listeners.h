#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gaffer::detail {

/// Who hears a message of a certain kind, under a name and all that are below it.
template <typename Message>
struct Listener {
  using Handler = std::function<void(std::string_view name, const Message& message)>;

  Handler handler;
  bool is_once = false;
  std::atomic<bool> is_dropped = false;  // Set by any thread; the rest belongs to the loop's.
  std::uint64_t number = 0;              // In the order of subscription.
  std::uint64_t found_in = 0;            // The last search that has found it.
};

/// The listeners by their names, a tree with a node for each part of a name. One thread only.
template <typename Message>
class Listeners {
 public:
  using One = Listener<Message>;
  struct Hearing {
    One* listener;
    std::string_view name;  // Under which it is found; part of the names searched for.
  };

  void add(std::string_view name, std::shared_ptr<One> listener) {
    listener->number = ++last_number_;
    Node* node = &root_;
    each_part(name, [&node](std::string_view part) {
      auto& below = node->below[std::string(part)];
      if (!below) below = std::make_unique<Node>();
      node = below.get();
      return true;
    });
    node->listeners.push_back(std::move(listener));
  }

  /// Those who hear one of the names, which are separated by a NUL, each once and in the order in
  /// which they subscribed. The names stay where they are as long as what is returned.
  void find(std::string_view names, std::vector<Hearing>& into) {
    into.clear();
    ++searches_;
    nodes_found_ = 0;
    for (std::size_t begin = 0; begin <= names.size();) {
      const std::size_t end = std::min(names.find('\0', begin), names.size());
      find_one(names.substr(begin, end - begin), into);
      begin = end + 1;
    }
    // Within one node they stand in order.
    if (nodes_found_ < 2) return;
    std::sort(into.begin(), into.end(), [](const Hearing& a, const Hearing& b) {
      return a.listener->number < b.listener->number;
    });
  }

  /// Forgets those that were dropped.
  void sweep() { sweep(root_); }

 private:
  struct Node {
    std::vector<std::shared_ptr<One>> listeners;
    std::map<std::string, std::unique_ptr<Node>, std::less<>> below;
  };

  // Calls `visit` with each part of a dotted name until it says no. `.` has none, and a dot at the
  // end adds none.
  template <typename Visit>
  static void each_part(std::string_view name, const Visit& visit) {
    while (!name.empty() && name != ".") {
      const std::size_t dot = name.find('.');
      if (!visit(name.substr(0, dot)) || dot == std::string_view::npos) return;
      name.remove_prefix(dot + 1);
    }
  }

  void find_one(std::string_view name, std::vector<Hearing>& into) {
    const Node* node = &root_;
    collect(*node, name, into);
    each_part(name, [&](std::string_view part) {
      const auto below = node->below.find(part);
      if (below == node->below.end()) return false;
      node = below->second.get();
      collect(*node, name, into);
      return true;
    });
  }

  void collect(const Node& node, std::string_view name, std::vector<Hearing>& into) {
    const std::size_t before = into.size();
    for (const auto& listener : node.listeners) {
      if (listener->found_in == searches_) continue;
      listener->found_in = searches_;
      into.push_back({listener.get(), name});
    }
    if (into.size() > before) ++nodes_found_;
  }

  // Whether nothing is left of it.
  static bool sweep(Node& node) {
    std::erase_if(node.listeners, [](const auto& one) { return one->is_dropped.load(); });
    std::erase_if(node.below, [](auto& below) { return sweep(*below.second); });
    return node.listeners.empty() && node.below.empty();
  }

  Node root_;
  std::uint64_t last_number_ = 0;
  std::uint64_t searches_ = 0;
  int nodes_found_ = 0;
};

}  // namespace gaffer::detail
