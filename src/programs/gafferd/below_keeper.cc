#include "programs/gafferd/below_keeper.h"

#include <string>
#include <vector>

#include "keeper/client/keeper_link.h"
#include "os/host.h"
#include "os/notify.h"
#include "os/tcp.h"
#include "programs/gafferd/daemon.h"

namespace gaffer::programs {

bool is_below_keeper() { return keeper::KeeperLink::is_inherited(); }

Error start_below_keeper(const Options& options, int count, char** words) {
  const std::string self = os::own_program();
  std::vector<std::string> command{self.substr(0, self.rfind('/') + 1) + "gaffer-keeper",
                                   "--watchdog=" + std::to_string(options.watchdog_seconds)};
  // For this process, which the keeper will be; gafferd is to feed systemd's watchdog all the same.
  (void)os::take_environment_variable("WATCHDOG_PID");
  // Sockets that were given to this process, which the keeper will be.
  const auto given = os::take_inherited_sockets();
  if (!given) return given.error();
  std::vector<int> kept;
  for (const os::InheritedSocket& socket : *given) {
    command.push_back("--hold=" + std::to_string(socket.fd.get()) + ":" +
                      given_name(kept.size(), socket.name));
    kept.push_back(socket.fd.get());
  }
  command.insert(command.end(), {"--", self});
  command.insert(command.end(), words + 1, words + count);
  return os::become_program(command, kept);
}

}  // namespace gaffer::programs
