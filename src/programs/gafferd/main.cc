/// gafferd: keeps the processes of a machine or of a login alive, and is asked over HTTP.

#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "os/host.h"
#include "programs/gafferd/daemon.h"
#include "programs/setup/directories.h"
#include "programs/setup/load.h"

namespace {

using gaffer::ProcessTemplate;

constexpr int kFailed = 1;
constexpr int kUsage = 2;

struct Options {
  std::string dir;
  std::vector<std::string> configs;
  gaffer::programs::ProcfileSource procfile{.path = ""};
};

int fail(const gaffer::Error& error) {
  gaffer::programs::print_problems("gafferd", {error.message});
  return kFailed;
}

/// The templates of all files, or nothing if there is a problem in one, which is printed then.
std::optional<std::vector<ProcessTemplate>> load_all(const Options& options) {
  std::vector<gaffer::config::Loaded> files;
  for (const std::string& path : options.configs)
    files.push_back(gaffer::programs::load_ini(path));
  if (!options.procfile.path.empty())
    files.push_back(gaffer::programs::load_procfile(options.procfile));

  std::vector<ProcessTemplate> templates;
  bool has_problems = false;
  for (gaffer::config::Loaded& file : files) {
    has_problems = has_problems || !file.problems.empty();
    gaffer::programs::print_problems("gafferd", file.problems);
    std::move(file.templates.begin(), file.templates.end(), std::back_inserter(templates));
  }
  if (has_problems) return std::nullopt;
  return templates;
}

int run(const Options& options) {
  auto templates = load_all(options);
  if (!templates) return kUsage;
  const std::size_t count = templates->size();
  const auto directories = gaffer::programs::find_directories(options.dir);
  if (!directories) return fail(directories.error());
  auto daemon = gaffer::programs::DaemonProcess::create(*directories);
  if (!daemon) return fail(daemon.error());
  if (auto added = (*daemon)->add(std::move(*templates)); !added) return fail(added.error());
  gaffer::os::write_standard(2, "gafferd: ready, " + std::to_string(count) + " templates, socket " +
                                    directories->socket() + "\n");
  (*daemon)->run();
  return 0;
}

}  // namespace

// NOLINTNEXTLINE(bugprone-exception-escape): only running out of memory throws, and ends it
int main(int count, char** words) {
  gaffer::os::ignore_broken_pipes();
  Options options;
  CLI::App app(
      "Keeps processes alive. Runs in the foreground; INT or TERM ends it and all its processes.",
      "gafferd");
  app.add_option("-c,--config", options.configs,
                 "ini file with [process:NAME] sections; may be given again")
      ->type_name("FILE");
  app.add_option("--procfile", options.procfile.path, "Procfile; .env beside it is read too")
      ->type_name("FILE");
  app.add_option("-e,--env", options.procfile.env_files,
                 "env file for the Procfile instead of .env, may be given again")
      ->type_name("FILE");
  app.add_option("-p,--port", options.procfile.base_port,
                 "$PORT of the Procfile's first entry (5000)")
      ->type_name("PORT");
  app.add_option("--dir", options.dir, "folder for socket, lock and logs (or $GAFFER_DIR)")
      ->type_name("DIR");
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
