#include "base/signal_names.h"

#include <cctype>
#include <csignal>
#include <cstring>

#include "base/strings.h"
#include "gaffer/exit_status.h"

namespace gaffer {

std::string signal_name(int signal) {
  const char* name = sigabbrev_np(signal);
  return name ? std::string("SIG") + name : "signal " + std::to_string(signal);
}

std::optional<int> signal_number(std::string_view name) {
  if (const auto number = parse_number<int>(name)) {
    return *number > 0 && *number < NSIG ? number : std::nullopt;
  }
  std::string wanted;
  for (const char c : name)
    wanted += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  if (wanted.rfind("SIG", 0) == 0) wanted.erase(0, 3);
  for (int signal = 1; signal < NSIG; ++signal) {
    const char* known = sigabbrev_np(signal);
    if (known && wanted == known) return signal;
  }
  return std::nullopt;
}

std::string describe(const ExitStatus& status) {
  if (!status.is_known) return "ended, exit status unknown";
  if (status.signal == 0) return "exit code " + std::to_string(status.code);
  return "killed by " + signal_name(status.signal) + (status.dumped_core ? " (core dumped)" : "");
}

}  // namespace gaffer
