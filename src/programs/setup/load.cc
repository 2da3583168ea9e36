#include "programs/setup/load.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/terminal_text.h"
#include "core/config/ini_templates.h"
#include "core/manager/launch_plan.h"
#include "importers/procfile.h"
#include "os/files.h"
#include "os/host.h"

namespace gaffer::programs {
namespace {

/// The folder a file is in, absolute.
Result<std::string> directory_of(const std::string& path) {
  const auto slash = path.rfind('/');
  const std::string directory = slash == std::string::npos ? "" : path.substr(0, slash);
  if (!path.empty() && path[0] == '/') return directory.empty() ? "/" : directory;
  GAFFER_TRY(const std::string here, os::current_directory());
  return directory.empty() || directory == "." ? here : here + "/" + directory;
}

/// Those that were given, or the one beside the Procfile if it is there.
std::vector<std::string> env_files_of(const ProcfileSource& source) {
  if (!source.env_files.empty()) return source.env_files;
  const std::string usual = source.path.substr(0, source.path.rfind('/') + 1) + ".env";
  if (!os::file_exists(usual)) return {};
  return {usual};
}

void put_before(std::vector<std::string>& sentences, std::vector<std::string> first) {
  sentences.insert(sentences.begin(), std::make_move_iterator(first.begin()),
                   std::make_move_iterator(first.end()));
}

/// What shows only when a process is planned: an unknown variable, an env file that is wrong.
std::vector<config::Problem> what_keeps_it_from_a_plan(const ProcessTemplate& process_template) {
  const auto planned = require_plan(process_template, os::environment());
  if (planned) return {};
  const std::string& message = planned.error().message;
  std::string key = message.substr(0, message.find(": "));
  std::ranges::replace(key, ' ', ':');  // `env LANG`
  return {{.key = std::move(key), .message = message}};
}

config::Loaded problem(const Error& error) {
  return {.templates = {}, .problems = {error.message}};
}

}  // namespace

FileKind kind_of(const std::string& path) {
  const std::string name = path.substr(path.rfind('/') + 1);
  if (name.ends_with(".ini") || name.ends_with(".conf")) return FileKind::Ini;
  if (name.ends_with(".env") || name.starts_with(".env.")) return FileKind::Env;
  return FileKind::Procfile;
}

config::Loaded load_procfile(const ProcfileSource& source) {
  const auto text = os::read_file(source.path);
  const auto directory = directory_of(source.path);
  if (!text) return problem(text.error());
  if (!directory) return problem(directory.error());

  importers::EnvFile env = load_env_files(env_files_of(source));
  config::Loaded loaded = importers::load_procfile(
      *text, source.path,
      {.directory = *directory, .env = std::move(env.variables), .base_port = source.base_port});
  put_before(loaded.warnings, std::move(env.warnings));
  put_before(loaded.problems, std::move(env.problems));
  if (!loaded.problems.empty()) loaded.templates.clear();
  return loaded;
}

importers::EnvFile load_env_files(const std::vector<std::string>& paths) {
  importers::EnvFile all;
  for (const std::string& path : paths) {
    const auto text = os::read_file(path);
    if (!text) {
      all.problems.push_back(text.error().message);
      continue;
    }
    importers::EnvFile one = importers::parse_env_file(*text, path);
    for (auto& [name, value] : one.variables)
      all.variables.insert_or_assign(name, std::move(value));
    std::ranges::move(one.problems, std::back_inserter(all.problems));
    std::ranges::move(one.warnings, std::back_inserter(all.warnings));
  }
  return all;
}

config::Loaded load_ini(const std::string& path) {
  const auto text = os::read_file(path);
  const auto directory = directory_of(path);
  if (!text) return problem(text.error());
  if (!directory) return problem(directory.error());
  return config::load_ini(*text, path, *directory, what_keeps_it_from_a_plan);
}

void print_problems(const std::string& program, const std::vector<std::string>& problems) {
  for (const std::string& text : problems)
    (void)os::write_standard(2, program + ": " + terminal_safe(text) + "\n");
}

}  // namespace gaffer::programs
