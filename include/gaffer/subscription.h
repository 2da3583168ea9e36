#pragma once

#include <memory>
#include <utility>

namespace gaffer {

/// Hears something as long as it lives; dropping it ends that.
class [[nodiscard]] Subscription {
 public:
  Subscription() = default;
  explicit Subscription(std::shared_ptr<void> entry) : entry_(std::move(entry)) {}

  /// Ends it early.
  void unsubscribe() { entry_.reset(); }

 private:
  std::shared_ptr<void> entry_;
};

}  // namespace gaffer
