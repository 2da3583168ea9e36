#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/config/loaded.h"
#include "importers/env_file.h"

namespace gaffer::programs {

/// A Procfile and what belongs to it.
struct ProcfileSource {
  std::string path = "Procfile";
  std::vector<std::string>
      env_files;  ///< Later ones win; none: `.env` beside the Procfile, if there.
  std::optional<std::uint16_t> base_port;
};

/// What is in a file, by its name: `*.ini` and `*.conf`, `.env`, `*.env` and `.env.*`; any other is a
/// Procfile.
enum class FileKind : std::uint8_t { Procfile, Ini, Env };
FileKind kind_of(const std::string& path);

/// Reads .env files, the later ones over the earlier ones. One that cannot be read is a problem.
importers::EnvFile load_env_files(const std::vector<std::string>& paths);

/// Reads the templates of a Procfile. A file that cannot be read is a problem like any other.
config::Loaded load_procfile(const ProcfileSource& source);

/// Reads the templates of an ini file.
config::Loaded load_ini(const std::string& path);

/// Prints each problem on a line of its own to standard error, behind the program's name.
void print_problems(const std::string& program, const std::vector<std::string>& problems);

}  // namespace gaffer::programs
