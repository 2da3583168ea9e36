#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/process/hunt.h"
#include "core/process/launcher.h"
#include "core/process/local_launcher.h"
#include "gaffer/result.h"
#include "keeper/client/keeper_link.h"
#include "os/spawn.h"
#include "uv/loop.h"
#include "uv/timer.h"

namespace gaffer::keeper {

/// Makes children of the keeper, which outlive this program, and finds again what the gafferd before
/// this one has left.
class KeeperLauncher final : public Launcher {
 public:
  /// LIFETIME: `loop` and `link` outlive this.
  static Result<std::unique_ptr<KeeperLauncher>> create(uv::Loop& loop, KeeperLink& link);

  Result<std::unique_ptr<LaunchedProcess>> launch(const os::SpawnPlan& plan,
                                                  std::shared_ptr<const os::Cgroup> cgroup,
                                                  OnExited on_exited) override;
  [[nodiscard]] std::optional<std::uint64_t> number_left_in(std::string_view place) const override;
  [[nodiscard]] bool is_ending_in(std::string_view place) const override;
  std::optional<LeftProcess> take_left(std::string_view place, OnExited on_exited) override;
  [[nodiscard]] std::uint64_t last_number() const override { return last_number_; }
  [[nodiscard]] std::string tree_prefix() const override { return tree_prefix_; }

  /// CALLS: `acknowledge` in place of an acknowledgement, with what sends it: to be called when the
  /// end of the process is written down.
  void set_acknowledge(std::function<void(std::function<void()>)> acknowledge) {
    acknowledge_ = std::move(acknowledge);
  }

  /// CALLS: `on_gone` once on a later turn, when the keeper has ended. From then on what runs is
  /// watched without it: how it ends is known on Linux 6.15 and later. New processes are children of
  /// this program, and end with it.
  void set_on_gone(std::function<void()> on_gone) { on_gone_ = std::move(on_gone); }

  /// Ends what nobody has taken: processes of templates that are not there any more.
  void end_what_is_left();
  [[nodiscard]] std::size_t left() const { return left_.size(); }

 private:
  class KeptProcess;
  using Left = std::map<std::pair<std::string, std::uint64_t>, LeftRow>;  // By note and id.

  KeeperLauncher(uv::Loop& loop, KeeperLink& link, os::Spawner spawner, pid_t keeper);
  Result<void> reserve(const os::SpawnPlan& plan);
  [[nodiscard]] Left::const_iterator left_in(std::string_view place) const;
  void exited(std::uint64_t id, ExitStatus status);
  void acknowledge(std::uint64_t id);
  void go_on_alone();
  void tell_later(std::uint64_t id, ExitStatus status);

  uv::Loop& loop_;
  KeeperLink& link_;
  os::Spawner spawner_;
  Hunt hunt_;
  std::string tree_prefix_;
  std::uint64_t last_number_ = 0;
  std::unordered_map<std::uint64_t, KeptProcess*> processes_;
  Left left_;
  std::vector<std::pair<std::uint64_t, ExitStatus>> ended_before_;  // To be told.
  std::function<void(std::function<void()>)> acknowledge_;
  std::unordered_map<std::uint64_t, std::unique_ptr<LaunchedProcess>> unwanted_;
  std::function<void()> on_gone_;
  std::unique_ptr<LocalLauncher> alone_;  // Once the keeper has ended.
  uv::Timer patience_;
  uv::Timer turn_end_;
};

}  // namespace gaffer::keeper
