/// What keeping processes costs: one killed and replaced, 1,000 started, 1,000 stopped.

#include <signal.h>

#include <algorithm>

#include "limits/bare.h"
#include "limits/cases.h"
#include "limits/gaffer_keeper.h"
#include "limits/table.h"
#include "support/programs.h"

namespace gaffer::bench {
namespace {

constexpr std::size_t kThousand = 1000;

std::string child() { return test::program("bench_child"); }

double microseconds(const Stamp& stamp) { return static_cast<double>(stamp.nanoseconds) / 1000; }

/// From just before the kill to the first instruction of the replacement; `victim` becomes that.
template <typename Keeper>
double kill_and_replace(Keeper& keeper, Stamp& victim) {
  const double begin = now();
  ::kill(static_cast<pid_t>(victim.pid), SIGKILL);
  victim = keeper.run_until_stamped(1);
  return microseconds(victim) - begin;
}

void measure_restart_among(std::size_t others, const std::string& what, const Effort& effort) {
  Stamps bare_stamps;
  Stamps gaffer_stamps;
  const auto environment = usual_environment();
  BareKeeper bare({child(), "stamp", bare_stamps.path()}, environment, bare_stamps);
  GafferKeeper gaffer(child() + " stamp " + gaffer_stamps.path(), environment, gaffer_stamps);
  bare.start(others + 1);
  Stamp bare_victim = bare.run_until_stamped(others + 1);
  gaffer.start(others + 1);
  Stamp gaffer_victim = gaffer.run_until_stamped(others + 1);

  const auto samples = alternate(effort.kills, {[&] {
                                                  nap(1);
                                                  return kill_and_replace(bare, bare_victim);
                                                },
                                                [&] {
                                                  gaffer.settle();
                                                  nap(1);
                                                  return kill_and_replace(gaffer, gaffer_victim);
                                                }});
  const double limit = 2;
  const double limit_of_p99 = 5;
  table::print_pair(what + ", p50 (us)", samples[0], samples[1], limit);
  table::print_percentile("  p99 (us)", 99, samples[0], samples[1], limit_of_p99);
  gaffer.stop();
}

/// Milliseconds of each part of one round.
struct Times {
  Samples started;  ///< From the first call until the first instruction of the last one.
  Samples stopped;  ///< From the first signal until the last one was reaped.
};

template <typename Keeper>
void start_and_stop(Keeper& keeper, Times& times) {
  const double begin = now();
  keeper.start(kThousand);
  const Stamp last = keeper.run_until_stamped(kThousand);
  times.started.add((microseconds(last) - begin) / 1000);
  nap(20);
  const double stop = now();
  keeper.stop();
  times.stopped.add((now() - stop) / 1000);
  nap(20);
}

}  // namespace

void measure_restart(const Effort& effort) {
  measure_restart_among(0, "kill to replacement's first instruction", effort);
  measure_restart_among(kThousand - 1, "the same among 1,000", effort);
}

void measure_thousand(const Effort& effort) {
  Stamps stamps;
  const auto environment = usual_environment();
  Times bare_times;
  Times gaffer_times;
  for (std::size_t round = 0; round < effort.thousands; ++round) {
    BareKeeper bare({child(), "stamp", stamps.path()}, environment, stamps);
    start_and_stop(bare, bare_times);
    GafferKeeper gaffer(child() + " stamp " + stamps.path(), environment, stamps);
    start_and_stop(gaffer, gaffer_times);
  }
  table::print_pair("1,000 started, to the last first instruction (ms)", bare_times.started,
                    gaffer_times.started, 1.5);
  table::print_pair("1,000 stopped, to the last one reaped (ms)", bare_times.stopped,
                    gaffer_times.stopped, 2);
}

}  // namespace gaffer::bench
