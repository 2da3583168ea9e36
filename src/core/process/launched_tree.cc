#include "core/process/launched_tree.h"

#include <csignal>
#include <utility>

namespace gaffer {

std::string mark_of(const os::SpawnPlan& plan) {
  const std::string key = std::string(os::kTreeVariable) + "=";
  for (const std::string& variable : plan.environment) {
    if (variable.starts_with(key)) return variable.substr(key.size());
  }
  return "";
}

LaunchedTree::LaunchedTree(Hunt& hunt, os::Child child, std::string mark,
                           std::shared_ptr<const os::Cgroup> cgroup, Launcher::OnExited on_exited)
    : hunt_(hunt),
      leader_(child.pid()),
      child_(std::move(child)),
      tree_(leader_, std::move(mark)),
      cgroup_(std::move(cgroup)),
      on_exited_(std::move(on_exited)) {
  hunt_.add_leader(leader_);
}

LaunchedTree::~LaunchedTree() {
  hunt_.remove_leader(leader_);
  if (!is_let_go_ && !is_gone_) end();
}

Result<void> LaunchedTree::signal_group(int signal) {
  // If it ends now, who will tell its children?
  if (!has_exited_ && !child_.may_be_reaped()) tree_.remember_strays();
  return child_.signal_group(signal);
}

Result<void> LaunchedTree::ask_to_end(int signal) {
  to_ask_strays_ = signal;
  GAFFER_TRY(signal_group(signal));
  return child_.signal_group(SIGCONT);
}

Result<void> LaunchedTree::kill_tree() {
  is_killing_ = true;
  if (kill_cgroup()) return {};
  return signal_group(SIGKILL);
}

bool LaunchedTree::has_survivors(Kin kin) {
  const auto is_populated = cgroup_ ? cgroup_->is_populated() : Result<bool>(Error{});
  if (is_populated && !*is_populated) {
    mark_as_gone();
    return false;
  }
  if (kin == Kin::Tree && !is_cgroup_killed_) {
    if (look_at_tree() || is_populated) return true;
    mark_as_gone();
    return false;
  }
  if (is_populated) return true;
  tree_.leader_will_be_reaped();
  return child_.has_survivors();
}

void LaunchedTree::leader_exited(ExitStatus status) {
  has_exited_ = true;
  last_change_ = std::chrono::steady_clock::now();
  // Moved out, because the callee may destroy this.
  const auto on_exited = std::move(on_exited_);
  on_exited(status);
}

// A leader that is ours to reap stays a zombie until nobody is left, because it keeps the number of
// the session.
bool LaunchedTree::look_at_tree() {
  const auto table = hunt_.look_since(last_change_);
  if (!table) return child_.has_survivors();  // Without /proc only the group is there to ask.
  if (!*table) return true;
  if (is_killing_) {
    tree_.kill_strays(**table);
    last_change_ = std::chrono::steady_clock::now();
  }
  if (const auto signal = std::exchange(to_ask_strays_, std::nullopt); signal && !is_killing_) {
    tree_.signal_strays(**table, *signal);
    tree_.signal_strays(**table, SIGCONT);
  }
  return tree_.is_alive(**table);
}

void LaunchedTree::mark_as_gone() {
  is_gone_ = true;
  child_.reap();
}

// An empty one is left as it is, because it serves the next process then.
bool LaunchedTree::kill_cgroup() {
  if (!cgroup_) return false;
  const auto is_populated = has_exited_ ? cgroup_->is_populated() : true;
  is_cgroup_killed_ = (is_populated && !*is_populated) || cgroup_->kill();
  return is_cgroup_killed_;
}

// What the destructor of the child does not do.
void LaunchedTree::end() {
  if (kill_cgroup()) return;
  (void)LaunchedTree::signal_group(SIGKILL);  // Who may not be killed is left.
  tree_.leader_will_be_reaped();
  hunt_.pursue(std::move(tree_));
}

}  // namespace gaffer
