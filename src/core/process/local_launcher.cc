#include "core/process/local_launcher.h"

#include "uv/poll.h"

namespace gaffer {
namespace {

class LocalProcess final : public LaunchedProcess {
 public:
  LocalProcess(os::Child child, uv::Poll exit_watch, Launcher::OnExited on_exited)
      : child_(std::move(child)),
        exit_watch_(std::move(exit_watch)),
        on_exited_(std::move(on_exited)) {}

  Result<void> watch() {
    return exit_watch_.start([this] { exited(); });
  }

  [[nodiscard]] pid_t os_pid() const override { return child_.pid(); }
  Result<void> signal_group(int signal) override { return child_.signal_group(signal); }
  bool has_survivors() override { return child_.has_survivors(); }

 private:
  void exited() {
    const auto status = child_.exit_status();
    if (status && !*status) return;  // Not yet.
    exit_watch_.stop();
    // Moved out, because the callee may destroy this.
    const auto on_exited = std::move(on_exited_);
    on_exited(status ? **status : ExitStatus{.is_known = false});
  }

  os::Child child_;
  uv::Poll exit_watch_;  // Destroyed before the descriptor it watches.
  Launcher::OnExited on_exited_;
};

}  // namespace

Result<std::unique_ptr<LocalLauncher>> LocalLauncher::create(uv::Loop& loop) {
  GAFFER_TRY(os::Spawner spawner, os::Spawner::create());
  return std::unique_ptr<LocalLauncher>(new LocalLauncher(loop, std::move(spawner)));
}

Result<std::unique_ptr<LaunchedProcess>> LocalLauncher::launch(const os::SpawnPlan& plan,
                                                               OnExited on_exited) {
  GAFFER_TRY(os::Child child, spawner_.spawn(plan));
  GAFFER_TRY(uv::Poll exit_watch, uv::Poll::create(loop_, child.exit_fd()));
  auto process =
      std::make_unique<LocalProcess>(std::move(child), std::move(exit_watch), std::move(on_exited));
  GAFFER_TRY(process->watch());
  return process;
}

}  // namespace gaffer
