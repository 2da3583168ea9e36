#include "gaffer/info.h"

#include <array>

namespace gaffer {

std::string_view state_name(ProcessState state) {
  constexpr std::array<std::string_view, 6> kNames = {"stopped", "starting", "running",
                                                      "waiting", "stopping", "restarting"};
  return kNames.at(static_cast<std::size_t>(state));
}

}  // namespace gaffer
