#include "programs/gaffer/commands.h"

#include <cerrno>

#include "base/terminal_text.h"
#include "os/host.h"

namespace gaffer::programs {

int report(const Error& error) {
  if (error.os == EPIPE) return kDone;  // Who read us has enough, as with `| head`.
  const bool no_daemon = error.message.rfind("no gafferd", 0) == 0;
  std::string line = "gaffer: " + terminal_safe(error.message);
  if (no_daemon) line += " (start one with gafferd, or run a Procfile with gaffer up)";
  (void)os::write_standard(2, line + "\n");
  if (no_daemon) return kNoDaemon;
  return error.code == Errc::NotFound          ? kNotFound
         : error.code == Errc::InvalidArgument ? kUsage
                                               : kFailed;
}

Result<Scale> parse_scale(const std::string& text) {
  const auto at = text.find_first_of("=+");
  // A name may hold a minus: `my-web-1` takes one from my-web, as only the last can be the
  // operator.
  const auto minus = text.rfind('-');
  const auto split_at = at != std::string::npos ? at : minus;
  if (split_at == std::string::npos || split_at == 0 || split_at + 1 == text.size()) {
    return Error{Errc::InvalidArgument, 0,
                 "cannot scale \"" + text + "\": use NAME=N, NAME+N or NAME-N"};
  }
  return Scale{text.substr(0, split_at),
               text.substr(text[split_at] == '=' ? split_at + 1 : split_at)};
}

}  // namespace gaffer::programs
