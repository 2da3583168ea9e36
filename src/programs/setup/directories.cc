#include "programs/setup/directories.h"

#include "os/files.h"
#include "os/host.h"
#include "os/users.h"

namespace gaffer::programs {

Result<Directories> find_directories(const std::string& dir_option) {
  std::string dir = dir_option.empty() ? os::environment_variable("GAFFER_DIR") : dir_option;
  if (!dir.empty()) {
    if (dir[0] != '/') {
      GAFFER_TRY(const std::string here, os::current_directory());
      dir = here + "/" + dir;
    }
    return Directories{.run = dir, .state = dir, .logs = dir + "/logs"};
  }
  if (os::own_user() == 0)
    return Directories{
        .run = "/run/gaffer", .state = "/var/lib/gaffer", .logs = "/var/lib/gaffer/logs"};

  const std::string home = os::environment_variable("HOME");
  std::string state = os::environment_variable("XDG_STATE_HOME");
  if (state.empty() && !home.empty()) state = home + "/.local/state";
  if (state.empty()) {
    return Error{Errc::NotFound, 0,
                 "cannot tell where to keep state: set HOME, XDG_STATE_HOME or GAFFER_DIR"};
  }
  const std::string runtime = os::environment_variable("XDG_RUNTIME_DIR");
  return Directories{.run = runtime.empty() ? state + "/gaffer/run" : runtime + "/gaffer",
                     .state = state + "/gaffer",
                     .logs = state + "/gaffer/logs"};
}

}  // namespace gaffer::programs
