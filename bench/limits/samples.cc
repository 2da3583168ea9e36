#include "limits/samples.h"

#include <algorithm>
#include <chrono>
#include <cmath>

#include "base/assert.h"

namespace gaffer::bench {

double now() {
  const auto time = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration<double, std::micro>(time).count();
}

double Samples::percentile(double percent) const {
  GAFFER_ASSERT(!values_.empty(), "something was measured");
  std::vector<double> sorted = values_;
  std::sort(sorted.begin(), sorted.end());
  const auto last = static_cast<double>(sorted.size() - 1);
  return sorted[static_cast<std::size_t>(std::lround(last * percent / 100))];
}

std::vector<Samples> alternate(std::size_t rounds,
                               const std::vector<std::function<double()>>& contestants) {
  std::vector<Samples> samples(contestants.size());
  const std::size_t warm_up = rounds / 10;
  for (std::size_t round = 0; round < rounds + warm_up; ++round) {
    for (std::size_t which = 0; which < contestants.size(); ++which) {
      const double microseconds = contestants[which]();
      if (round >= warm_up) samples[which].add(microseconds);
    }
  }
  return samples;
}

}  // namespace gaffer::bench
