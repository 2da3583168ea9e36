/// Keeps one command alive: supervisor COMMAND [TIMES]. With TIMES it ends after so many exits.

#include <cstdio>
#include <cstdlib>

#include "gaffer/manager.h"

int main(int count, char** words) {
  if (count < 2) return 2;
  int left = count > 2 ? std::atoi(words[2]) : -1;  // NOLINT(cert-err34-c): an example.
  auto manager = gaffer::Manager::create();
  if (!manager) return 1;
  const auto exits = (*manager)->subscribe("exit", [&](auto /*name*/, const gaffer::Event& event) {
    std::printf("process %d ended: %s\n", event.os_pid, event.reason.c_str());
    if (--left == 0) (*manager)->stop();
  });
  (void)(*manager)->start();
  const auto added = (*manager)->add({.name = "it", .cmd = words[1]});
  if (!added) std::fprintf(stderr, "%s\n", added.error().message.c_str());
  return added && (*manager)->run() ? 0 : 1;
}
