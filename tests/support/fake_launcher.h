#pragma once

#include <unistd.h>

#include <array>
#include <csignal>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/assert.h"
#include "core/process/launcher.h"

namespace gaffer::test {

/// Makes processes that exist only here. A test ends one with `exit`, or lets those that were asked
/// to stop do so with `obey`.
class FakeLauncher final : public Launcher {
 public:
  /// What `launch` answers until it is reset, instead of a process.
  std::optional<Error> failure;

  std::vector<os::SpawnPlan> launched;         ///< All of them, in order.
  std::vector<std::pair<pid_t, int>> signals;  ///< Sent, in order.
  std::vector<pid_t> let_go;                   ///< Those that were, in order.

  std::vector<std::string> refused;  ///< What every process is refused.

  Result<std::unique_ptr<LaunchedProcess>> launch(const os::SpawnPlan& plan,
                                                  std::shared_ptr<const os::Cgroup> /*cgroup*/,
                                                  OnExited on_exited) override {
    if (failure) return *failure;
    launched.push_back(plan);
    const pid_t pid = ++last_pid_;
    running_[pid] = std::move(on_exited);
    outputs_[pid] = os::UniqueFd(::dup(plan.stdio[1]));
    inputs_[pid] = os::UniqueFd(::dup(plan.stdio[0]));
    for (const int fd : plan.further)
      further_[pid].emplace_back(::dup(fd));
    return std::make_unique<Fake>(*this, pid);
  }

  [[nodiscard]] std::vector<pid_t> running() const {
    std::vector<pid_t> pids;
    for (const auto& [pid, on_exited] : running_)
      pids.push_back(pid);
    return pids;
  }

  /// Writes to the standard output of a process, which it keeps open until it exits.
  void write(pid_t pid, std::string_view bytes) { write_to(outputs_.at(pid), bytes); }

  /// The process's end of its standard input.
  [[nodiscard]] int input(pid_t pid) const { return inputs_.at(pid).get(); }

  /// What is there to be read from its standard input, at most 4 KiB; empty also at the end of it.
  /// REQUIRES: it has one, and something has been written or it has ended.
  std::string read(pid_t pid) { return read_from(inputs_.at(pid)); }

  /// The same of its descriptors 3, 4 …, `at` from 0.
  std::string read_further(pid_t pid, std::size_t at) { return read_from(further_.at(pid).at(at)); }
  void write_further(pid_t pid, std::size_t at, std::string_view bytes) {
    write_to(further_.at(pid).at(at), bytes);
  }

  void exit(pid_t pid, ExitStatus status) {
    outputs_.erase(pid);
    inputs_.erase(pid);
    further_.erase(pid);
    const auto found = running_.extract(pid);
    if (!found.empty()) found.mapped()(status);
  }

  /// Ends every process that was sent SIGTERM or SIGKILL.
  void obey() {
    for (const auto& [pid, signal] : std::exchange(signals, {})) {
      if (signal == SIGTERM || signal == SIGKILL) exit(pid, {.signal = signal});
    }
  }

 private:
  class Fake final : public LaunchedProcess {
   public:
    Fake(FakeLauncher& launcher, pid_t pid) : launcher_(launcher), pid_(pid) {}
    Fake(const Fake&) = delete;
    Fake& operator=(const Fake&) = delete;
    ~Fake() override {
      launcher_.running_.erase(pid_);
      launcher_.outputs_.erase(pid_);
      launcher_.inputs_.erase(pid_);
      launcher_.further_.erase(pid_);
    }
    [[nodiscard]] pid_t os_pid() const override { return pid_; }
    [[nodiscard]] const std::vector<std::string>& refused() const override {
      return launcher_.refused;
    }
    bool has_survivors(Kin /*kin*/) override { return false; }
    Result<void> ask_to_end(int signal) override {
      (void)signal_group(signal);
      return signal_group(SIGCONT);
    }
    Result<void> kill_tree() override { return signal_group(SIGKILL); }
    void let_go() override { launcher_.let_go.push_back(pid_); }
    Result<void> signal_group(int signal) override {
      launcher_.signals.emplace_back(pid_, signal);
      return {};
    }

   private:
    FakeLauncher& launcher_;
    pid_t pid_;
  };

  static std::string read_from(const os::UniqueFd& fd) {
    std::array<char, 4096> bytes{};
    const ssize_t got = ::read(fd.get(), bytes.data(), bytes.size());
    GAFFER_ASSERT(got >= 0, "there is something to read, or an end");
    return {bytes.data(), static_cast<std::size_t>(got)};
  }
  static void write_to(const os::UniqueFd& fd, std::string_view bytes) {
    GAFFER_ASSERT(
        ::write(fd.get(), bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()),
        "a stream takes what a test writes");
  }

  pid_t last_pid_ = 1000;
  std::map<pid_t, OnExited> running_;
  std::map<pid_t, os::UniqueFd> outputs_;
  std::map<pid_t, os::UniqueFd> inputs_;
  std::map<pid_t, std::vector<os::UniqueFd>> further_;
};

}  // namespace gaffer::test
