#pragma once

#include <cstddef>
#include <functional>
#include <vector>

namespace gaffer::bench {

/// Microseconds of CLOCK_MONOTONIC, the clock that the children read.
double now();

/// How long one thing took, done many times, in microseconds.
class Samples {
 public:
  void add(double microseconds) { values_.push_back(microseconds); }

  [[nodiscard]] double best() const { return percentile(0); }
  [[nodiscard]] double median() const { return percentile(50); }
  [[nodiscard]] double percentile(double percent) const;

 private:
  std::vector<double> values_;
};

/// Takes turns, A B A B …, so that whatever disturbs the machine meanwhile disturbs all alike. Each
/// function does its thing once and returns how long that took. The first tenth is warming up and
/// not counted.
std::vector<Samples> alternate(std::size_t rounds,
                               const std::vector<std::function<double()>>& contestants);

}  // namespace gaffer::bench
