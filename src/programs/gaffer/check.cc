#include <algorithm>
#include <iterator>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/terminal_text.h"
#include "os/files.h"
#include "os/host.h"
#include "programs/gaffer/commands.h"

namespace gaffer::programs {
namespace {

/// What one file came to: what it holds, in words, and what there is to say about it.
struct Verdict {
  std::string content;
  std::vector<std::string> problems;
  std::vector<std::string> warnings;
};

std::string counted(std::size_t count, const std::string& noun) {
  return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

Verdict verdict_on_env(const std::string& path) {
  importers::EnvFile file = load_env_files({path});
  return {.content = counted(file.variables.size(), "variable"),
          .problems = std::move(file.problems),
          .warnings = std::move(file.warnings)};
}

Verdict verdict_on_templates(config::Loaded loaded) {
  Verdict verdict{.content = counted(loaded.templates.size(), "template"),
                  .problems = std::move(loaded.problems),
                  .warnings = std::move(loaded.warnings)};
  for (std::size_t at = 0; at < loaded.templates.size(); ++at)
    verdict.content += (at == 0 ? ": " : ", ") + loaded.templates[at].name;
  return verdict;
}

Verdict verdict_on(const std::string& path, ProcfileSource procfile) {
  switch (kind_of(path)) {
    case FileKind::Env:
      return verdict_on_env(path);
    case FileKind::Ini:
      return verdict_on_templates(load_ini(path));
    case FileKind::Procfile:
      break;
  }
  procfile.path = path;
  return verdict_on_templates(load_procfile(procfile));
}

/// What a folder usually has.
std::vector<std::string> files_here(const std::string& procfile) {
  std::vector<std::string> paths;
  for (const std::string& path : {procfile, std::string("gaffer.ini")}) {
    if (os::file_exists(path)) paths.push_back(path);
  }
  if (paths.empty() && os::file_exists(".env")) paths.emplace_back(".env");
  return paths;
}

int run_check(const ProcfileSource& procfile, const std::vector<std::string>& paths) {
  const std::vector<std::string> chosen = paths.empty() ? files_here(procfile.path) : paths;
  if (chosen.empty()) {
    return report({Errc::InvalidArgument, 0,
                   "nothing to check: there is no " + procfile.path +
                       ", no gaffer.ini and no .env here; give files"});
  }
  int status = kDone;
  for (const std::string& path : chosen) {
    const Verdict verdict = verdict_on(path, procfile);
    print_problems("gaffer", verdict.problems);
    print_problems("gaffer: warning", verdict.warnings);
    if (!verdict.problems.empty()) {
      status = kFailed;
    } else if (const int printed = print(terminal_safe(path + ": " + verdict.content) + "\n");
               printed != kDone) {
      return printed;
    }
  }
  return status;
}

}  // namespace

Command check_command() {
  struct Options {
    ProcfileSource procfile;
    std::vector<std::string> paths;
  };
  const auto options = std::make_shared<Options>();
  std::vector<Argument> arguments = {
      {.names = "FILE",
       .text = "*.ini, *.env, and Procfiles by any other name; otherwise the Procfile, gaffer.ini "
               "and .env that are here",
       .into = &options->paths,
       .candidates = {.files = true}}};
  std::ranges::move(procfile_arguments(options->procfile), std::back_inserter(arguments));
  return {.name = "check",
          .heading = "Without a daemon",
          .summary = "Say what is wrong with a Procfile, an env file or an ini file.",
          .arguments = std::move(arguments),
          .examples = {{"gaffer check", "the Procfile, gaffer.ini and .env of this folder"},
                       {"gaffer check shop.ini production.env", "these files"}},
          .run = [options] { return run_check(options->procfile, options->paths); },
          .details =
              "Names every problem with its line. What foreman, honcho, Heroku, Overmind or "
              "godotenv would read differently is a warning. Nothing is started. Exits with "
              "1 if there is a problem, and with 0 if there are only warnings."};
}

}  // namespace gaffer::programs
