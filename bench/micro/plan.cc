/// What is decided on the way to a process: no system calls here.

#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "base/shell_words.h"
#include "core/manager/launch_plan.h"
#include "core/policy/lifecycle.h"

namespace gaffer {
namespace {

constexpr std::string_view kCommand =
    "/usr/bin/python3 -m http.server --bind 127.0.0.1 --directory '/srv/my shop' \"8080\"";

std::vector<std::string> usual_environment() {
  std::vector<std::string> variables;
  for (int number = 1; number <= 24; ++number)
    variables.push_back("SETTING_" + std::to_string(number) + "=a value of the usual length");
  return variables;
}

void split_a_command(benchmark::State& state) {
  for ([[maybe_unused]] auto turn : state)
    benchmark::DoNotOptimize(split_shell_words(kCommand));
}
BENCHMARK(split_a_command);

void plan_a_launch(benchmark::State& state) {
  const ProcessTemplate web{
      .name = "web", .cmd = std::string(kCommand), .env = {{"MODE", "production"}}, .port = 8080};
  const std::vector<std::string> base = usual_environment();
  for ([[maybe_unused]] auto turn : state)
    benchmark::DoNotOptimize(launch_plan(web, base, {}, {}));
}
BENCHMARK(plan_a_launch);

/// One life: start, spawned, exited, time came, spawned.
void steps_of_a_life(benchmark::State& state) {
  using enum policy::Input;
  for ([[maybe_unused]] auto turn : state) {
    ProcessState process = ProcessState::Stopped;
    for (policy::Input input : {Start, Spawned, Exited, TimeCame, Spawned}) {
      benchmark::DoNotOptimize(input);
      process = policy::next(process, input).next;
      benchmark::DoNotOptimize(process);
    }
  }
}
BENCHMARK(steps_of_a_life);

}  // namespace
}  // namespace gaffer
