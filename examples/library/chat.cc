/// Many threads write lines to the standard input of one process, which counts them.

#include <array>
#include <cstdio>
#include <string>
#include <thread>

#include "gaffer/manager.h"

namespace {

void talk(const gaffer::Writer& writer, int speaker) {
  const std::array<std::string, 2> lines = {"speaker " + std::to_string(speaker) + "\n",
                                            "says hello\n"};
  for (int i = 0; i < 100; ++i) {
    while (!writer.writelines(lines))  // Its queue is full.
      std::this_thread::yield();
  }
}

}  // namespace

int main() {
  auto manager = gaffer::Manager::create();
  if (!manager || !(*manager)->start()) return 1;
  const auto exits = (*manager)->subscribe("exit", [&](auto /*name*/, const gaffer::Event& event) {
    std::puts(event.status->is_success() ? "800 lines heard" : event.reason.c_str());
    (*manager)->stop();
  });
  gaffer::ProcessTemplate listener{.name = "listener", .cmd = "sh -c '[ $$(wc -l) = 800 ]'"};
  listener.restart = gaffer::Restart::Never;
  listener.redirect_input = true;
  if (!(*manager)->add(listener)) return 1;
  const auto writer = (*manager)->writer("listener");
  if (!writer) return 1;
  std::thread room([&] {
    std::array<std::thread, 4> speakers;
    for (int i = 0; i < 4; ++i)
      speakers.at(static_cast<std::size_t>(i)) = std::thread(talk, std::ref(*writer), i);
    for (std::thread& speaker : speakers)
      speaker.join();
    (void)writer->close();
  });
  const auto ran = (*manager)->run();
  room.join();
  return ran ? 0 : 1;
}
