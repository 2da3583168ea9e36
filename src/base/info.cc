#include "gaffer/info.h"

#include <array>

namespace gaffer {

std::string_view state_name(ProcessState state) {
  constexpr std::array<std::string_view, 8> kNames = {
      "stopped", "starting", "running", "waiting", "stopping", "restarting", "reloading", "failed"};
  return kNames.at(static_cast<std::size_t>(state));
}

std::string describe(const LastExit& last_exit) {
  return describe(last_exit.status) + (last_exit.is_out_of_memory ? " (out of memory)" : "");
}

}  // namespace gaffer
