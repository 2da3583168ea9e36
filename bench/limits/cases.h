#pragma once

#include <cstddef>
#include <string>
#include <vector>

/// \file
/// The cases of the table, one function each; bench/README.md says what they mean. Each ends what
/// it started.

namespace gaffer::bench {

struct Effort {
  std::size_t spawns = 4000;   ///< Per row and side.
  std::size_t kills = 300;     ///< The same.
  std::size_t thousands = 15;  ///< How often 1,000 are started.
  int idle_seconds = 30;
  std::size_t megabytes = 1000;  ///< Of output, per round.
  std::size_t output_rounds = 5;
};

void measure_spawn(const Effort& effort);
/// What single steps of a spawn cost.
void measure_steps(const Effort& effort);
void measure_restart(const Effort& effort);
void measure_thousand(const Effort& effort);
/// As many as there are descriptors for, 10,000 at most: started, and all ending at the same time.
void measure_many(const Effort& effort);
/// So many stopped, and killed.
void measure_many_ended(const Effort& effort);
void measure_daemon(const Effort& effort);
/// Output captured.
void measure_output(const Effort& effort);
/// Logs read back with the gaffer program.
void measure_logs(const Effort& effort);

/// A look at what processes use.
void measure_stats(const Effort& effort);

/// Two dozen variables of the usual length. The same for both sides, and the same on each machine.
std::vector<std::string> usual_environment();

/// Lets the processes of the machine come to rest.
void nap(int milliseconds);

}  // namespace gaffer::bench
