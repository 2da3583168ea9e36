/// gaffer_limits: what gaffer takes beside what a bare loop takes for the same work in the same
/// run.
///
///   gaffer_limits [--quick] [NAME...]   only the cases whose name contains one of these words

#include <poll.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "limits/cases.h"
#include "limits/table.h"
#include "os/host.h"

namespace gaffer::bench {
namespace {

struct Case {
  std::string_view name;
  void (*measure)(const Effort&);
  bool has_own_head = false;
};

constexpr std::array kCases = {
    Case{"spawn", measure_spawn},       Case{"restart", measure_restart},
    Case{"thousand", measure_thousand}, Case{"many", measure_many},
    Case{"ended", measure_many_ended},  Case{"daemon", measure_daemon},
    Case{"output", measure_output},     Case{"logs", measure_logs},
    Case{"stats", measure_stats},       Case{"steps", measure_steps, true},
};

int run(const std::vector<std::string>& words) {
  Effort effort;
  std::vector<std::string> names;
  for (const std::string& word : words) {
    if (word == "--quick") {
      effort = {.spawns = 1000,
                .kills = 100,
                .thousands = 3,
                .idle_seconds = 5,
                .megabytes = 250,
                .output_rounds = 3};
    } else if (word.rfind('-', 0) == 0) {
      std::fputs("usage: gaffer_limits [--quick] [NAME...]\n", stderr);
      return 2;
    } else {
      names.push_back(word);
    }
  }
  bool needs_head = true;
  for (const Case& one : kCases) {
    const bool is_meant = names.empty() || std::ranges::any_of(names, [&](const auto& name) {
                            return one.name.find(name) != std::string_view::npos;
                          });
    if (!is_meant) continue;
    if (needs_head && !one.has_own_head) table::print_head();
    needs_head = needs_head && one.has_own_head;
    one.measure(effort);
  }
  return 0;
}

}  // namespace

std::vector<std::string> usual_environment() {
  std::vector<std::string> variables = {"PATH=/usr/local/bin:/usr/bin:/bin", "HOME=/home/user",
                                        "LANG=C.UTF-8", "USER=user"};
  for (int number = 1; number <= 20; ++number)
    variables.push_back("SETTING_" + std::to_string(number) + "=a value of the usual length");
  return variables;
}

void nap(int milliseconds) { ::poll(nullptr, 0, milliseconds); }

}  // namespace gaffer::bench

int main(int count, char** words) {
  if (const auto limit = gaffer::os::raise_descriptor_limit(); !limit) {
    std::fprintf(stderr, "%s\n", limit.error().message.c_str());
    return 1;
  }
  return gaffer::bench::run({words + 1, words + count});
}
