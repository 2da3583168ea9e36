#include "programs/setup/load.h"

#include <map>

#include "base/terminal_text.h"
#include "core/config/ini_templates.h"
#include "importers/env_file.h"
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

config::Loaded problem(const Error& error) {
  return {.templates = {}, .problems = {error.message}};
}

}  // namespace

config::Loaded load_procfile(const ProcfileSource& source) {
  const auto text = os::read_file(source.path);
  const auto directory = directory_of(source.path);
  if (!text) return problem(text.error());
  if (!directory) return problem(directory.error());

  importers::ProcfileOptions options{
      .directory = *directory, .env = {}, .base_port = source.base_port};
  std::vector<std::string> env_files = source.env_files;
  if (const std::string usual = *directory + "/.env"; env_files.empty() && os::file_exists(usual)) {
    env_files.push_back(usual);
  }
  for (const std::string& path : env_files) {
    const auto env_text = os::read_file(path);
    if (!env_text) return problem(env_text.error());
    importers::EnvFile file = importers::parse_env_file(*env_text, path);
    if (!file.problems.empty()) return {.templates = {}, .problems = std::move(file.problems)};
    for (auto& [name, value] : file.variables)
      options.env.insert_or_assign(name, std::move(value));
  }
  return importers::load_procfile(*text, source.path, std::move(options));
}

config::Loaded load_ini(const std::string& path) {
  const auto text = os::read_file(path);
  const auto directory = directory_of(path);
  if (!text) return problem(text.error());
  if (!directory) return problem(directory.error());
  return config::load_ini(*text, path, *directory);
}

void print_problems(const std::string& program, const std::vector<std::string>& problems) {
  for (const std::string& text : problems)
    (void)os::write_standard(2, program + ": " + terminal_safe(text) + "\n");
}

}  // namespace gaffer::programs
