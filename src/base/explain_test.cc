#include "base/explain.h"

#include <gtest/gtest.h>

namespace gaffer {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

ProcessInfo worker(ProcessState state) {
  return {.name = "worker", .slot = 1, .os_pid = 4711, .state = state, .since = seconds(5)};
}

TEST(Explain, AProcessThatRuns) {
  ProcessInfo process = worker(ProcessState::Running);
  process.uptime = seconds(192);
  EXPECT_EQ("worker.1: running for 3m12s, process 4711", explain(process));
  process.restarts = 2;
  process.last_exit = LastExit{.status = {.signal = 9}, .at = {}, .is_out_of_memory = true};
  EXPECT_EQ(
      "worker.1: running for 3m12s, process 4711, restarted 2 times, last end: killed by SIGKILL "
      "(out of memory)",
      explain(process));
}

TEST(Explain, AProcessThatBacksOff) {
  ProcessInfo process = worker(ProcessState::Waiting);
  process.reason = "exit code 1";
  process.last_exit = LastExit{.status = {.code = 1}, .at = {}};
  process.early_exits = 3;
  process.early_since = seconds(4);
  process.next_start = milliseconds(800);
  EXPECT_EQ("worker.1: backing off, 3rd exit in 4.0s (exit code 1), next start in 0.8s",
            explain(process));
  process.reason = "cannot execute serve: no such file or directory";
  process.early_exits = 11;
  EXPECT_EQ(
      "worker.1: backing off, 11th failed start in 4.0s (cannot execute serve: no such file or "
      "directory), next start in 0.8s",
      explain(process));
}

TEST(Explain, ATemplateThatWaitsOrHasFailed) {
  ProcessInfo process = worker(ProcessState::Waiting);
  process.is_held = true;
  process.reason = "flapping, 2 ends within 1s, pause 1 of 5";
  process.next_start = seconds(7);
  EXPECT_EQ("worker.1: flapping, 2 ends within 1s, pause 1 of 5, next start in 7.0s",
            explain(process));
  process = worker(ProcessState::Failed);
  process.reason = "given up: flapping";
  EXPECT_EQ("worker.1: failed, given up: flapping, 5.0s ago; start it by hand", explain(process));
}

TEST(Explain, AProcessThatIsOnItsWay) {
  ProcessInfo process = worker(ProcessState::Stopping);
  process.reason = "asked to stop";
  EXPECT_EQ("worker.1: stopping for 5.0s, asked to stop", explain(process));
  process.state = ProcessState::Stopped;
  process.reason = "stopped on request";
  process.slot = 0;
  EXPECT_EQ("worker: not running for 5.0s, stopped on request", explain(process));
}

}  // namespace
}  // namespace gaffer
