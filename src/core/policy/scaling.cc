#include "core/policy/scaling.h"

#include <algorithm>

#include "base/strings.h"
#include "gaffer/process_template.h"

namespace gaffer::policy {

Result<int> scaled(int present, std::string_view expression) {
  const bool has_sign =
      !expression.empty() && std::string_view("=+-").find(expression[0]) != std::string_view::npos;
  const char sign = has_sign ? expression[0] : '=';
  const auto number = parse_number<unsigned>(expression.substr(has_sign ? 1 : 0));
  if (!number || *number > kMaxProcesses) {
    return Error{Errc::InvalidArgument, 0,
                 "cannot scale to \"" + std::string(expression) + "\": use N, +N or -N, N up to " +
                     std::to_string(kMaxProcesses)};
  }
  const int amount = static_cast<int>(*number);
  const int wanted = sign == '+'   ? present + amount
                     : sign == '-' ? std::max(present - amount, 0)
                                   : amount;
  if (wanted > kMaxProcesses) {
    return Error{Errc::InvalidArgument, 0,
                 "cannot scale to " + std::to_string(wanted) + ": the most is " +
                     std::to_string(kMaxProcesses)};
  }
  return wanted;
}

}  // namespace gaffer::policy
