#include "core/process/local_launcher.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "core/process/launched_tree.h"

namespace gaffer {
namespace {

// So much of a turn of the loop may go to exits.
constexpr std::chrono::milliseconds kExitsShare{10};

}  // namespace

class LocalLauncher::LocalProcess final : public LaunchedTree {
 public:
  LocalProcess(LocalLauncher& launcher, os::Child child, uv::Poll exit_watch, std::string mark,
               std::shared_ptr<const os::Cgroup> cgroup, OnExited on_exited)
      : LaunchedTree(launcher.hunt_, std::move(child), std::move(mark), std::move(cgroup),
                     std::move(on_exited)),
        launcher_(launcher),
        exit_watch_(std::move(exit_watch)) {}
  LocalProcess(const LocalProcess&) = delete;
  LocalProcess& operator=(const LocalProcess&) = delete;

  ~LocalProcess() override {
    if (is_let_go()) leave();
  }

  Result<void> watch() {
    return exit_watch_.start([this] { exited(); });
  }

 private:
  void exited() {
    if (!launcher_.exits_.is_free()) {  // Thousands end at once.
      exit_watch_.stop();
      place_ = launcher_.exits_.wait([this] { exited(); });
      return;
    }
    const auto status = child().exit_status();
    if (status && !*status) return;  // Not yet.
    exit_watch_.stop();
    leader_exited(status ? **status : ExitStatus{.is_known = false});
  }

  void leave() {
    child().let_go();
    if (has_exited()) {
      child().reap();
    } else {
      launcher_.adopt(std::move(child()), std::move(exit_watch_));
    }
  }

  LocalLauncher& launcher_;
  uv::Poll exit_watch_;        // Destroyed before the descriptor it watches.
  uv::TurnLine::Place place_;  // Once it has ended, and until that is told.
};

LocalLauncher::LocalLauncher(uv::Loop& loop, os::Spawner spawner)
    : loop_(loop),
      spawner_(std::move(spawner)),
      exits_(loop, clock_, kExitsShare),
      hunt_(loop, os::own_pid()) {}

Result<std::unique_ptr<LocalLauncher>> LocalLauncher::create(uv::Loop& loop) {
  GAFFER_TRY(os::Spawner spawner, os::Spawner::create());
  return std::unique_ptr<LocalLauncher>(new LocalLauncher(loop, std::move(spawner)));
}

Result<std::unique_ptr<LaunchedProcess>> LocalLauncher::launch(
    const os::SpawnPlan& plan, std::shared_ptr<const os::Cgroup> cgroup, OnExited on_exited) {
  GAFFER_TRY(os::Child child, spawner_.spawn(plan));
  GAFFER_TRY(uv::Poll exit_watch, uv::Poll::create(loop_, child.exit_fd()));
  auto process =
      std::make_unique<LocalProcess>(*this, std::move(child), std::move(exit_watch), mark_of(plan),
                                     std::move(cgroup), std::move(on_exited));
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
