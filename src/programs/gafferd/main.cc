/// gafferd: keeps the processes of a machine or of a login alive, and is asked over HTTP.

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>

#include "os/host.h"
#include "programs/gafferd/daemon.h"
#include "programs/setup/directories.h"
#include "programs/setup/load.h"

namespace {

using gaffer::ProcessTemplate;
using gaffer::programs::Plaintext;

constexpr int kFailed = 1;
constexpr int kUsage = 2;

struct Options {
  std::string dir;
  std::vector<std::string> configs;
  std::vector<std::string> binds;
  bool insecure_plaintext = false;
  gaffer::programs::ProcfileSource procfile{.path = ""};
};

/// What all files together say.
struct Loaded {
  std::vector<ProcessTemplate> templates;
  std::vector<gaffer::config::EndpointConfig> endpoints;
};

int fail(const gaffer::Error& error) {
  gaffer::programs::print_problems("gafferd", {error.message});
  return kFailed;
}

/// One file of templates.
struct Source {
  std::string path;
  gaffer::config::Loaded loaded;
};

/// A template that stands in two files; what stands twice in one its reader has found.
std::vector<std::string> find_duplicates(const std::vector<Source>& sources) {
  std::map<std::string, std::string> first_in;
  std::vector<std::string> problems;
  for (const Source& source : sources) {
    for (const ProcessTemplate& one : source.loaded.templates) {
      const auto [place, is_new] = first_in.emplace(one.name, source.path);
      if (is_new) continue;
      problems.push_back(source.path + ": template " + one.name + " is in " + place->second +
                         " already");
    }
  }
  return problems;
}

/// What all files say, or nothing if there is a problem in one, which is printed then.
std::optional<Loaded> load_all(const Options& options) {
  std::vector<Source> sources;
  for (const std::string& path : options.configs) {
    sources.push_back({path, gaffer::programs::load_ini(path)});
  }
  if (!options.procfile.path.empty()) {
    sources.push_back({options.procfile.path, gaffer::programs::load_procfile(options.procfile)});
  }
  std::vector<std::string> problems = find_duplicates(sources);
  for (const Source& source : sources) {
    problems.insert(problems.end(), source.loaded.problems.begin(), source.loaded.problems.end());
  }
  gaffer::programs::print_problems("gafferd", problems);
  if (!problems.empty()) return std::nullopt;

  Loaded all;
  for (Source& source : sources) {
    std::ranges::move(source.loaded.templates, std::back_inserter(all.templates));
    std::ranges::move(source.loaded.endpoints, std::back_inserter(all.endpoints));
  }
  for (const std::string& bind : options.binds)
    all.endpoints.push_back({.name = "bind" + std::to_string(all.endpoints.size()), .bind = bind});
  return all;
}

/// `ready, 3 templates, socket /run/gaffer/gaffer.sock, 127.0.0.1:5000`: the line that tells a
/// script to go on.
void say_ready(std::size_t templates, const std::string& socket,
               const std::vector<std::string>& addresses) {
  const std::string count =
      std::to_string(templates) + (templates == 1 ? " template" : " templates");
  const std::string hint = templates == 0 ? " (give -c FILE or --procfile FILE)" : "";
  std::string places = ", socket " + socket;
  for (std::size_t at = 1; at < addresses.size(); ++at)  // The first is the socket.
    places += ", " + addresses[at];
  (void)gaffer::os::write_standard(2, "gafferd: ready, " + count + hint + places + "\n");
}

int run(const Options& options) {
  auto loaded = load_all(options);
  if (!loaded) return kUsage;
  const std::size_t count = loaded->templates.size();
  const auto directories = gaffer::programs::find_directories(options.dir);
  if (!directories) return fail(directories.error());
  auto daemon = gaffer::programs::DaemonProcess::create(
      *directories, options.insecure_plaintext ? Plaintext::Allowed : Plaintext::Refused);
  if (!daemon) return fail(daemon.error());
  const auto addresses = (*daemon)->serve(std::move(loaded->endpoints));
  if (!addresses) return fail(addresses.error());
  if (auto added = (*daemon)->add(std::move(loaded->templates)); !added) return fail(added.error());
  (*daemon)->when_started([&] { say_ready(count, directories->socket(), *addresses); });
  (*daemon)->run();
  return 0;
}

}  // namespace

// NOLINTNEXTLINE(bugprone-exception-escape): only running out of memory throws, and ends it
int main(int count, char** words) {
  gaffer::os::open_missing_standard_descriptors();
  gaffer::os::settle_signals();
  Options options;
  CLI::App app(
      "Keeps processes alive. Runs in the foreground; INT or TERM ends it and all its processes.",
      "gafferd");
  app.add_option("-c,--config", options.configs,
                 "ini file with [process:NAME] sections; may be given again")
      ->type_name("FILE");
  CLI::Option* procfile =
      app.add_option("--procfile", options.procfile.path, "Procfile; .env beside it is read too")
          ->type_name("FILE");
  app.add_option("-e,--env", options.procfile.env_files,
                 "env file for the Procfile instead of .env, may be given again")
      ->type_name("FILE")
      ->needs(procfile);
  app.add_option("-p,--port", options.procfile.base_port,
                 "$PORT of the Procfile's first entry (5000)")
      ->type_name("PORT")
      ->needs(procfile);
  app.add_option("--dir", options.dir, "folder for socket, lock and logs (or $GAFFER_DIR)")
      ->type_name("DIR");
  app.add_option("--bind", options.binds,
                 "serve the API here too, with tokens: 127.0.0.1:5000, unix:/path; may be given "
                 "again")
      ->type_name("ADDRESS");
  app.add_flag("--insecure-plaintext", options.insecure_plaintext,
               "let --bind and endpoints use addresses where others can listen in");
  app.set_version_flag("--version", "gafferd " GAFFER_VERSION);
  try {
    app.parse(count, words);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);  // --help, --version
    gaffer::programs::print_problems("gafferd",
                                     {std::string(error.what()) + "; see gafferd --help"});
    return kUsage;
  }
  return run(options);
}
