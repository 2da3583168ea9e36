#include "gaffer/event.h"

#include <array>

namespace gaffer {

std::string_view event_name(Event::Kind kind) {
  constexpr std::array<std::string_view, 13> kNames = {
      "create", "update", "delete", "start",    "stop", "restart", "reload",
      "spawn",  "exit",   "reap",   "stop_pid", "flap", "fail"};
  return kNames.at(static_cast<std::size_t>(kind));
}

}  // namespace gaffer
