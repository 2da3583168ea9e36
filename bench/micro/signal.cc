/// Telling many, against the loop over functions that it cannot be faster than.

#include "core/events/signal.h"

#include <cstdint>
#include <functional>
#include <vector>

#include <benchmark/benchmark.h>

namespace gaffer {
namespace {

void emit(benchmark::State& state) {
  Signal<int> signal;
  std::int64_t sum = 0;
  std::vector<Subscription> subscriptions;
  for (std::int64_t i = 0; i < state.range(0); ++i)
    subscriptions.push_back(signal.subscribe([&sum](const int& event) { sum += event; }));
  for ([[maybe_unused]] auto turn : state)
    signal.emit(1);
  benchmark::DoNotOptimize(sum);
}
BENCHMARK(emit)->Arg(1)->Arg(10)->Arg(1000);

void emit_bare(benchmark::State& state) {
  std::vector<std::function<void(const int&)>> handlers;
  std::int64_t sum = 0;
  for (std::int64_t i = 0; i < state.range(0); ++i)
    handlers.emplace_back([&sum](const int& event) { sum += event; });
  for ([[maybe_unused]] auto turn : state) {
    for (const auto& handler : handlers)
      handler(1);
  }
  benchmark::DoNotOptimize(sum);
}
BENCHMARK(emit_bare)->Arg(1)->Arg(10)->Arg(1000);

}  // namespace
}  // namespace gaffer
