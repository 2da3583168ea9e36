#pragma once

#include <string>
#include <string_view>

#include "apps/http_api/socket_shelf.h"
#include "keeper/client/keeper_link.h"

namespace gaffer::programs {

/// The listening sockets, which the keeper holds too.
class KeptSockets final : public apps::SocketShelf {
 public:
  /// LIFETIME: `keeper` outlives this.
  explicit KeptSockets(keeper::KeeperLink& keeper) : keeper_(keeper) {}

  os::UniqueFd take(std::string_view name) override { return keeper_.take(name); }
  Result<void> put(std::string_view name, int fd) override { return keeper_.put(name, fd); }
  void remove(std::string_view name) override { keeper_.remove(name); }
  [[nodiscard]] bool is_kept() const override { return is_kept_ && !keeper_.is_gone(); }

  /// There will be no gafferd after this one.
  void keep_no_longer() { is_kept_ = false; }
  /// Closes those that nobody has taken: they are in no configuration any more.
  void remove_unused() {
    for (const std::string& name : keeper_.names(apps::kShelfPrefix))
      keeper_.remove(name);
  }

 private:
  keeper::KeeperLink& keeper_;
  bool is_kept_ = true;
};

}  // namespace gaffer::programs
