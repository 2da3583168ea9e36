/// Statistics to the terminal: what a template uses, five times a second, ten times.
///
///     stats COMMAND

#include <cstdio>

#include "gaffer/manager.h"

namespace {

void show(const gaffer::ProcessStats& process, int depth) {
  std::printf("%*s%d  %5.1f %% of a processor  %llu KiB  %s\n", 2 * depth, "", process.os_pid,
              process.cpu.value_or(0),
              static_cast<unsigned long long>(process.mem_info1.value_or(0) / 1024),
              process.cmdline.value_or("?").c_str());
  for (const gaffer::ProcessStats& child : process.children)
    show(child, depth + 1);
}

}  // namespace

int main(int count, char** words) {
  auto created = gaffer::Manager::create();
  if (!created) return 1;
  auto& manager = **created;
  if (!manager.start()) return 1;
  if (!manager.add({.name = "watched", .cmd = count > 1 ? words[1] : "sleep 60"})) return 1;

  int looks = 0;
  const auto subscription =
      manager.monitor("watched",
                      [&](std::string_view event, const std::vector<gaffer::TemplateStats>& stats) {
                        std::printf("%.*s\n", static_cast<int>(event.size()), event.data());
                        for (const gaffer::TemplateStats& one : stats) {
                          for (const gaffer::ProcessStats& process : one.processes)
                            show(process, 1);
                        }
                        if (++looks == 10) manager.stop();
                      },
                      {.refresh = std::chrono::milliseconds(200)});
  if (!subscription) return 1;
  return manager.run() ? 0 : 1;
}
