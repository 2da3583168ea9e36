#include "core/policy/restart.h"

namespace gaffer::policy {

bool is_restarted(const ProcessTemplate& process_template, const ExitStatus& status) {
  const auto& successes = process_template.success_exit_codes;
  const bool is_success =
      status.is_known && status.signal == 0 && successes.find(status.code) != successes.end();
  switch (process_template.restart) {
    case Restart::Always:
      return true;
    case Restart::OnFailure:
      return !is_success;
    case Restart::Never:
      break;
  }
  return false;
}

}  // namespace gaffer::policy
