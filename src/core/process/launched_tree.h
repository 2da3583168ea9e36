#pragma once

#include <sys/types.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "core/process/hunt.h"
#include "core/process/launcher.h"
#include "os/child.h"
#include "os/descendants.h"

namespace gaffer {

/// A launched process with its tree, whoever its parent is and however its end is heard: that is
/// what the launchers add.
class LaunchedTree : public LaunchedProcess {
 public:
  LaunchedTree(const LaunchedTree&) = delete;
  LaunchedTree& operator=(const LaunchedTree&) = delete;
  ~LaunchedTree() override;

  [[nodiscard]] pid_t os_pid() const override { return child_.pid(); }
  [[nodiscard]] const std::vector<std::string>& refused() const override {
    return child_.refused();
  }
  Result<void> signal_group(int signal) override;
  Result<void> ask_to_end(int signal) override;
  Result<void> kill_tree() override;
  bool has_survivors(Kin kin) override;
  void let_go() override { is_let_go_ = true; }

 protected:
  /// `mark` is the value of os::kTreeVariable; empty: none.
  /// LIFETIME: `hunt` outlives this.
  LaunchedTree(Hunt& hunt, os::Child child, std::string mark,
               std::shared_ptr<const os::Cgroup> cgroup, Launcher::OnExited on_exited);

  /// The leader has ended. Its last act is to say so, and then this may be gone.
  void leader_exited(ExitStatus status);

  [[nodiscard]] os::Child& child() { return child_; }
  [[nodiscard]] os::Tree& tree() { return tree_; }
  [[nodiscard]] bool has_exited() const { return has_exited_; }
  [[nodiscard]] bool is_let_go() const { return is_let_go_; }

 private:
  bool look_at_tree();
  void mark_as_gone();
  bool kill_cgroup();
  void end();

  Hunt& hunt_;
  const pid_t leader_;
  os::Child child_;
  os::Tree tree_;
  std::shared_ptr<const os::Cgroup> cgroup_;
  Launcher::OnExited on_exited_;
  bool has_exited_ = false;
  Moment last_change_{};  // A look before it says nothing about those who are left.
  std::optional<int> to_ask_strays_;
  bool is_killing_ = false;
  bool is_cgroup_killed_ = false;
  bool is_gone_ = false;
  bool is_let_go_ = false;
};

/// The mark that a plan's environment sets; empty: none.
std::string mark_of(const os::SpawnPlan& plan);

}  // namespace gaffer
