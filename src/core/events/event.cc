#include "gaffer/event.h"

#include <array>

namespace gaffer {

std::string_view event_name(Event::Kind kind) {
  constexpr std::array<std::string_view, 9> kNames = {"create", "delete", "start", "stop", "update",
                                                      "flap",   "spawn",  "fail",  "exit"};
  return kNames.at(static_cast<std::size_t>(kind));
}

}  // namespace gaffer
