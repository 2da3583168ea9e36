/// gafferd: keeps the processes of a machine or of a login alive, and is asked over HTTP.

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "os/files.h"
#include "os/host.h"
#include "os/notify.h"
#include "programs/gafferd/below_keeper.h"
#include "programs/gafferd/configuration.h"
#include "programs/gafferd/daemon.h"
#include "programs/gafferd/options.h"
#include "programs/setup/directories.h"
#include "programs/setup/load.h"

namespace {

using gaffer::programs::Options;
using gaffer::programs::Plaintext;

constexpr int kFailed = 1;
constexpr int kUsage = 2;

int fail(const gaffer::Error& error) {
  gaffer::programs::print_problems("gafferd", {error.message});
  return kFailed;
}

/// What all files say, or nothing if there is a problem in one, which is printed then.
std::optional<gaffer::config::Loaded> load_all(const Options& options) {
  gaffer::config::Loaded loaded = gaffer::programs::load(options.files);
  gaffer::programs::print_problems("gafferd", loaded.problems);
  if (!loaded.problems.empty()) return std::nullopt;
  return loaded;
}

void apply_log_budget(gaffer::Manager& manager, std::optional<std::uint64_t> bytes) {
  manager.set_log_budget(bytes.value_or(gaffer::OutputSettings{}.log_budget));
}

/// At SIGHUP: carries over what the files say now and did not say before.
class Reloader {
 public:
  Reloader(const Options& options, gaffer::config::Loaded loaded)
      : options_(options), loaded_(std::move(loaded)) {}

  void reload(gaffer::programs::DaemonProcess& daemon) {
    gaffer::Manager& manager = daemon.manager();
    auto now = load_all(options_);
    if (!now) return say("nothing was changed");
    for (const std::string& line :
         gaffer::programs::apply(manager, loaded_.templates, now->templates))
      say(line);
    if (now->endpoints != loaded_.endpoints)
      say("endpoints stay as they are: those of the files are opened when gafferd starts");
    if (const auto set = daemon.set_webhooks(now->webhooks); !set) say(set.error().message);
    apply_log_budget(manager, now->log_budget);
    say("read the files again");
    loaded_ = *std::move(now);
  }

 private:
  static void say(const std::string& text) { gaffer::programs::print_problems("gafferd", {text}); }

  const Options& options_;
  gaffer::config::Loaded loaded_;  // As the files had it.
};

std::vector<gaffer::config::EndpointConfig> endpoints_of(const Options& options,
                                                         const gaffer::config::Loaded& loaded) {
  std::vector<gaffer::config::EndpointConfig> endpoints = loaded.endpoints;
  for (const std::string& bind : options.binds)
    endpoints.push_back({.name = "bind" + std::to_string(endpoints.size()), .bind = bind});
  return endpoints;
}

std::string count_of(std::size_t templates) {
  return std::to_string(templates) + (templates == 1 ? " template" : " templates");
}

/// `ready, 3 templates, socket /run/gaffer/gaffer.sock, 127.0.0.1:5000`: the line that tells a
/// script to go on.
void say_ready(std::size_t templates, const std::string& socket,
               const std::vector<std::string>& addresses) {
  const std::string hint = templates == 0 ? " (give -c FILE or --procfile FILE)" : "";
  std::string places = ", socket " + socket;
  for (std::size_t at = 1; at < addresses.size(); ++at)  // The first is the socket.
    places += ", " + addresses[at];
  gaffer::os::notify("READY=1");
  (void)gaffer::os::write_standard(2,
                                   "gafferd: ready, " + count_of(templates) + hint + places + "\n");
}

int print(const std::string& text) {
  const auto written = gaffer::os::write_standard(1, text);
  return written ? 0 : fail(written.error());
}

void say_how_it_goes_on(const gaffer::programs::DaemonProcess& daemon, bool has_templates) {
  std::string said;
  if (!daemon.absence().empty()) said += "gafferd: goes on; it was " + daemon.absence() + "\n";
  if (!has_templates) said += "gafferd: what runs is left as it is, for the templates are wrong\n";
  if (daemon.is_safe_mode()) {
    said +=
        "gafferd: safe mode after five crashes in a row: what runs is left as it is, nothing is "
        "started\n";
  }
  (void)gaffer::os::write_standard(2, said);
}

// Of the one to be signalled: the keeper hands on what it gets.
gaffer::Result<void> write_pid(const Options& options, bool has_keeper) {
  if (options.pidfile.empty()) return {};
  const pid_t pid = has_keeper ? gaffer::os::parent_pid() : gaffer::os::own_pid();
  constexpr mode_t kReadable = 0644;
  return gaffer::os::write_file_atomically(options.pidfile, std::to_string(pid) + "\n", kReadable);
}

int run(const Options& options) {
  auto loaded = load_all(options);
  const bool is_right = loaded.has_value();
  const bool runs = !options.checks_only && !options.prints_only;
  const bool has_keeper = gaffer::programs::is_below_keeper();
  if (!is_right && !(has_keeper && runs)) return kUsage;
  if (!is_right) loaded.emplace();
  const std::size_t count = loaded->templates.size();
  if (options.prints_only) return print(gaffer::programs::effective_configuration(options.files));
  if (options.checks_only) return print(count_of(count) + ", no mistake\n");
  const auto directories = gaffer::programs::find_directories(options.dir);
  if (!directories) return fail(directories.error());
  auto daemon = gaffer::programs::DaemonProcess::create(
      *directories, options.insecure_plaintext ? Plaintext::Allowed : Plaintext::Refused);
  if (!daemon) return fail(daemon.error());
  if (!is_right && !(*daemon)->is_restart()) return kUsage;
  say_how_it_goes_on(**daemon, is_right);
  const auto addresses = (*daemon)->serve(endpoints_of(options, *loaded));
  if (!addresses) return fail(addresses.error());
  if (is_right) (*daemon)->close_unused_sockets();
  if (auto written = write_pid(options, has_keeper); !written) return fail(written.error());
  Reloader reloader(options, *loaded);
  (*daemon)->set_on_hangup([&] { reloader.reload(**daemon); });
  if (const auto set = (*daemon)->set_webhooks(loaded->webhooks); !set)
    gaffer::programs::print_problems("gafferd", {set.error().message});
  if (loaded->log_budget) apply_log_budget((*daemon)->manager(), loaded->log_budget);
  if (auto added = (*daemon)->add(std::move(loaded->templates)); !added) return fail(added.error());
  // From now on whatever ends it is no start that failed, whether all is started yet or not.
  (*daemon)->tell_keeper_ready();
  (*daemon)->when_started([&] { say_ready(count, directories->socket(), *addresses); });
  (*daemon)->run();
  if (!options.pidfile.empty()) gaffer::os::remove_file(options.pidfile);
  return 0;
}

}  // namespace

// NOLINTNEXTLINE(bugprone-exception-escape): only running out of memory throws, and ends it
int main(int count, char** words) {
  gaffer::os::open_missing_standard_descriptors();
  gaffer::os::settle_signals();
  Options options;
  const gaffer::programs::Program program = gaffer::programs::gafferd_program(options);
  const gaffer::programs::Parsed parsed = gaffer::programs::parse(program, count, words);
  if (parsed.status) {
    if (!parsed.out.empty()) return print(parsed.out);
    (void)gaffer::os::write_standard(2, parsed.err);
    return *parsed.status;
  }
  if (options.prints_manual) return print(gaffer::programs::manual_page(program));
  const gaffer::programs::ProcfileSource& procfile = options.files.procfile;
  if (procfile.path.empty() && (!procfile.env_files.empty() || procfile.base_port)) {
    gaffer::programs::print_problems(
        "gafferd", {"--env and --port are about a Procfile: give --procfile; see gafferd --help"});
    return kUsage;
  }
  const bool runs = !options.checks_only && !options.prints_only;
  if (!options.has_no_keeper && runs && !gaffer::programs::is_below_keeper())
    return fail(gaffer::programs::start_below_keeper(options, count, words));
  return run(options);
}
