#include "core/process/local_launcher.h"

#include <algorithm>
#include <csignal>
#include <iterator>
#include <optional>
#include <utility>

namespace gaffer {
namespace {

// So much of a turn of the loop may go to exits.
constexpr std::chrono::milliseconds kExitsShare{10};

std::string mark_of(const os::SpawnPlan& plan) {
  const std::string key = std::string(os::kTreeVariable) + "=";
  for (const std::string& variable : plan.environment) {
    if (variable.starts_with(key)) return variable.substr(key.size());
  }
  return "";
}

}  // namespace

class LocalLauncher::LocalProcess final : public LaunchedProcess {
 public:
  LocalProcess(LocalLauncher& launcher, os::Child child, uv::Poll exit_watch, os::Tree tree,
               std::shared_ptr<const os::Cgroup> cgroup, OnExited on_exited)
      : launcher_(launcher),
        child_(std::move(child)),
        exit_watch_(std::move(exit_watch)),
        tree_(std::move(tree)),
        cgroup_(std::move(cgroup)),
        on_exited_(std::move(on_exited)) {
    launcher_.hunt_.add_leader(child_.pid());
  }
  LocalProcess(const LocalProcess&) = delete;
  LocalProcess& operator=(const LocalProcess&) = delete;

  ~LocalProcess() override {
    launcher_.hunt_.remove_leader(child_.pid());
    if (is_let_go_) {
      leave();
    } else if (!is_gone_) {
      end();
    }
  }

  Result<void> watch() {
    return exit_watch_.start([this] { exited(); });
  }

  [[nodiscard]] pid_t os_pid() const override { return child_.pid(); }
  [[nodiscard]] const std::vector<std::string>& refused() const override {
    return child_.refused();
  }

  Result<void> signal_group(int signal) override {
    if (!has_exited_) tree_.remember_strays();  // If it ends now, who will tell its children?
    return child_.signal_group(signal);
  }

  Result<void> ask_to_end(int signal) override {
    to_ask_strays_ = signal;
    GAFFER_TRY(signal_group(signal));
    return child_.signal_group(SIGCONT);
  }

  Result<void> kill_tree() override {
    is_killing_ = true;
    if (kill_cgroup()) return {};
    return signal_group(SIGKILL);
  }

  bool has_survivors(Kin kin) override {
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

  void let_go() override { is_let_go_ = true; }

 private:
  void exited() {
    if (!launcher_.exits_.is_free()) {  // Thousands end at once.
      exit_watch_.stop();
      place_ = launcher_.exits_.wait([this] { exited(); });
      return;
    }
    const auto status = child_.exit_status();
    if (status && !*status) return;  // Not yet.
    exit_watch_.stop();
    has_exited_ = true;
    last_change_ = std::chrono::steady_clock::now();
    // Moved out, because the callee may destroy this.
    const auto on_exited = std::move(on_exited_);
    on_exited(status ? **status : ExitStatus{.is_known = false});
  }

  // The leader stays a zombie until nobody is left, because it keeps the number of the session.
  bool look_at_tree() {
    const auto table = launcher_.hunt_.look_since(last_change_);
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

  void mark_as_gone() {
    is_gone_ = true;
    child_.reap();
  }

  // An empty one is left as it is, because it serves the next process then.
  bool kill_cgroup() {
    if (!cgroup_) return false;
    const auto is_populated = has_exited_ ? cgroup_->is_populated() : true;
    is_cgroup_killed_ = (is_populated && !*is_populated) || cgroup_->kill();
    return is_cgroup_killed_;
  }

  // What the destructor of the child does not do.
  void end() {
    if (kill_cgroup()) return;
    (void)signal_group(SIGKILL);  // Who may not be killed is left.
    tree_.leader_will_be_reaped();
    launcher_.hunt_.pursue(std::move(tree_));
  }

  void leave() {
    child_.let_go();
    if (has_exited_) {
      child_.reap();
    } else {
      launcher_.adopt(std::move(child_), std::move(exit_watch_));
    }
  }

  LocalLauncher& launcher_;
  os::Child child_;
  uv::Poll exit_watch_;  // Destroyed before the descriptor it watches.
  os::Tree tree_;
  std::shared_ptr<const os::Cgroup> cgroup_;
  OnExited on_exited_;
  uv::TurnLine::Place place_;  // Once it has ended, and until that is told.
  bool has_exited_ = false;
  Moment last_change_{};  // A look before it says nothing about those who are left.
  std::optional<int> to_ask_strays_;
  bool is_killing_ = false;
  bool is_cgroup_killed_ = false;
  bool is_gone_ = false;
  bool is_let_go_ = false;
};

LocalLauncher::LocalLauncher(uv::Loop& loop, os::Spawner spawner)
    : loop_(loop), spawner_(std::move(spawner)), exits_(loop, clock_, kExitsShare), hunt_(loop) {}

Result<std::unique_ptr<LocalLauncher>> LocalLauncher::create(uv::Loop& loop) {
  GAFFER_TRY(os::Spawner spawner, os::Spawner::create());
  return std::unique_ptr<LocalLauncher>(new LocalLauncher(loop, std::move(spawner)));
}

Result<std::unique_ptr<LaunchedProcess>> LocalLauncher::launch(
    const os::SpawnPlan& plan, std::shared_ptr<const os::Cgroup> cgroup, OnExited on_exited) {
  GAFFER_TRY(os::Child child, spawner_.spawn(plan));
  GAFFER_TRY(uv::Poll exit_watch, uv::Poll::create(loop_, child.exit_fd()));
  os::Tree tree(child.pid(), mark_of(plan));
  auto process =
      std::make_unique<LocalProcess>(*this, std::move(child), std::move(exit_watch),
                                     std::move(tree), std::move(cgroup), std::move(on_exited));
  GAFFER_TRY(process->watch());
  return process;
}

bool LocalLauncher::has_made(pid_t pid) const {
  const auto is_it = [pid](const Orphan& orphan) { return orphan.child.pid() == pid; };
  return hunt_.has_leader(pid) || std::ranges::any_of(orphans_, is_it);
}

void LocalLauncher::adopt(os::Child child, uv::Poll exit_watch) {
  orphans_.push_back({std::move(child), std::move(exit_watch)});
  const auto orphan = std::prev(orphans_.end());
  const auto watched = orphan->exit_watch.start([this, orphan] {
    const auto status = orphan->child.exit_status();
    if (status && !*status) return;  // Not yet.
    orphan->child.reap();
    orphans_.erase(orphan);
  });
  // It was watched before, so there is room for it; if not, it is a zombie one day.
  if (!watched) orphans_.erase(orphan);
}

}  // namespace gaffer
