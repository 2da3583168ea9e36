#include "programs/gaffer/start_daemon.h"

#include <chrono>
#include <optional>
#include <utility>

#include "base/strings.h"
#include "client/daemon.h"
#include "gaffer/exit_status.h"
#include "os/append_line.h"
#include "os/files.h"
#include "os/host.h"
#include "os/spawn.h"
#include "os/users.h"

namespace gaffer::programs {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds kPatience{10};
constexpr std::chrono::milliseconds kPace{5};
constexpr std::uint64_t kMaxLog = std::uint64_t{1} << 19;  // Then it is gafferd.log.1.

/// The gafferd beside this gaffer, so that both are of one version; else the one of $PATH.
std::string daemon_program() {
  const std::string own = os::own_program();
  const std::string beside = own.substr(0, own.rfind('/') + 1) + "gafferd";
  return os::file_exists(beside) ? beside : "gafferd";
}

bool has_own_folder(const Globals& globals) {
  return !globals.dir.empty() || !os::environment_variable("GAFFER_DIR").empty();
}

bool answers(const Directories& directories) {
  return client::Daemon(directories.socket()).facts().has_value();
}

/// The last thing that was said to a log since it had so many bytes.
std::string last_line(const std::string& path, std::size_t before) {
  const auto text = os::read_file(path);
  if (!text || text->size() <= before) return {};
  std::string_view said = trim(std::string_view(*text).substr(before));
  said.remove_prefix(said.rfind('\n') + 1);
  constexpr std::string_view kWho = "gafferd: ";
  if (said.starts_with(kWho)) said.remove_prefix(kWho.size());
  return std::string(said);
}

Result<void> wait_until_it_answers(const os::Child& child, const Directories& directories,
                                   std::size_t said_before) {
  const auto deadline = Clock::now() + kPatience;
  while (!answers(directories)) {
    GAFFER_TRY(const std::optional<ExitStatus> ended, child.exit_status());
    if (ended) {
      const std::string reason = last_line(daemon_log(directories), said_before);
      return Error{Errc::Io, 0,
                   "gafferd did not start: " + (reason.empty() ? describe(*ended) : reason)};
    }
    if (Clock::now() >= deadline)
      return Error{Errc::Io, 0, "gafferd does not answer; see " + daemon_log(directories)};
    os::pause(kPace);
  }
  return {};
}

}  // namespace

std::string daemon_log(const Directories& directories) {
  return directories.state + "/gafferd.log";
}

Result<void> start_daemon(const Directories& directories, const Globals& globals,
                          const std::vector<std::string>& options) {
  constexpr mode_t kPrivate = 0700;
  const std::string path = daemon_log(directories);
  GAFFER_TRY(os::make_directories(directories.state, kPrivate));
  GAFFER_TRY(const os::UniqueFd log, os::open_to_append(path, kMaxLog));
  GAFFER_TRY(const std::uint64_t said_before, os::file_size(log.get()));
  os::SpawnPlan plan{.argv = {daemon_program()},
                     .environment = os::environment(),
                     .stdio = {-1, log.get(), log.get()}};
  if (has_own_folder(globals)) plan.argv.insert(plan.argv.end(), {"--dir", directories.run});
  if (options.empty()) plan.directory = "/";  // It is to be in nobody's way.
  plan.argv.insert(plan.argv.end(), options.begin(), options.end());
  GAFFER_TRY(os::Spawner spawner, os::Spawner::create());
  GAFFER_TRY(os::Child child, spawner.spawn(plan));
  child.let_go();
  GAFFER_TRY(wait_until_it_answers(child, directories, said_before));
  print_problems("gaffer", {"started gafferd, pid " + std::to_string(child.pid()) + ", log " +
                            path + "; gaffer daemon stop ends it"});
  return {};
}

Result<void> require_daemon(const Directories& directories, const Globals& globals) {
  const auto there = client::Daemon(directories.socket()).facts();
  if (there || !client::is_absent(there.error())) return there ? Result<void>() : there.error();
  const bool is_system = os::own_user() == 0 && !has_own_folder(globals);
  return is_system ? Result<void>(there.error()) : start_daemon(directories, globals, {});
}

}  // namespace gaffer::programs
