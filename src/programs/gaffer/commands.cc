#include "programs/gaffer/commands.h"

#include <algorithm>
#include <cerrno>

#include <fnmatch.h>

#include "base/explain.h"
#include "base/strings.h"
#include "base/terminal_text.h"
#include "os/host.h"

namespace gaffer::programs {

int report(const Error& error) {
  if (error.os == EPIPE) return kDone;  // Who read us has enough, as with `| head`.
  const bool no_daemon = client::is_absent(error);
  std::string line = "gaffer: " + terminal_safe(error.message);
  if (no_daemon) line += " (gaffer daemon start starts one; gaffer up runs a Procfile without)";
  (void)os::write_standard(2, line + "\n");
  if (no_daemon) return kNoDaemon;
  return error.code == Errc::NotFound          ? kNotFound
         : error.code == Errc::InvalidArgument ? kUsage
                                               : kFailed;
}

int print(std::string_view text) {
  const auto written = os::write_standard(1, text);
  return written ? kDone : report(written.error());
}

bool is_coloured(const Globals& globals) {
  if (globals.colour == "always") return true;
  if (globals.colour == "never") return false;
  if (!os::environment_variable("NO_COLOR").empty()) return false;
  const std::string force = os::environment_variable("FORCE_COLOR");
  if (!force.empty()) return force != "0";
  return os::is_terminal(1) && os::environment_variable("TERM") != "dumb";
}

std::vector<Argument> procfile_arguments(ProcfileSource& procfile) {
  return {{.names = "-f,--procfile",
           .value = "FILE",
           .text = "the Procfile, or an ini file (Procfile)",
           .into = &procfile.path,
           .candidates = {.files = true}},
          {.names = "-e,--env",
           .value = "FILE",
           .text = "env file instead of .env beside the Procfile; later ones win",
           .into = &procfile.env_files,
           .takes_lists = true,
           .candidates = {.files = true}},
          {.names = "-p,--port",
           .value = "PORT",
           .text = "$PORT of the first entry (5000); each further one has 100 more",
           .into = &procfile.base_port}};
}

config::Loaded load_application(const ProcfileSource& source) {
  return kind_of(source.path) == FileKind::Ini ? load_ini(source.path) : load_procfile(source);
}

int at_directories(const Globals& globals,
                   const std::function<int(const Directories& directories)>& run) {
  const auto directories = find_directories(globals.dir);
  return directories ? run(*directories) : report(directories.error());
}

int at_socket(const Globals& globals, const std::function<int(const std::string& socket)>& run) {
  return at_directories(globals,
                        [&](const Directories& directories) { return run(directories.socket()); });
}

Argument target_argument(std::vector<std::string>& targets, const Globals& globals) {
  const auto words = [&globals] {
    std::vector<std::string> names;
    const auto directories = find_directories(globals.dir);
    if (!directories) return names;
    const auto templates = client::Daemon(directories->socket()).status("*");
    if (!templates) return names;
    for (const TemplateInfo& info : *templates) {
      names.push_back(info.process_template.name);
      for (const ProcessInfo& process : info.processes)
        names.push_back(label_of(process));
    }
    return names;
  };
  return {.names = "TARGET",
          .text = "web, web.2, group:, group:web, #7 (a pid of gaffer's), wor*",
          .into = &targets,
          .candidates = {.words = words}};
}

namespace {

bool fits(const std::string& pattern, const std::string& name) {
  return ::fnmatch(pattern.c_str(), name.c_str(), 0) == 0;
}

/// The templates that a pattern fits, and of the others the processes.
std::vector<std::string> fitting(const std::string& pattern,
                                 const std::vector<TemplateInfo>& templates) {
  std::vector<std::string> found;
  for (const TemplateInfo& info : templates) {
    if (fits(pattern, info.process_template.name)) {
      found.push_back(info.process_template.name);
      continue;
    }
    for (const ProcessInfo& process : info.processes) {
      if (fits(pattern, label_of(process))) found.push_back(label_of(process));
    }
  }
  return found;
}

/// What the daemon understands without our help; nothing of a pattern.
std::optional<std::string> plain(const std::string& target) {
  if (target.starts_with('#')) return target.substr(1);
  if (target.size() > 1 && target.ends_with(':')) return target + "*";
  const auto wildcard = target.find_first_of("*?[");
  const bool is_group = target.ends_with(":*") && wildcard == target.size() - 1;
  if (wildcard == std::string::npos || target == "*" || is_group) return target;
  return std::nullopt;
}

}  // namespace

Result<std::vector<std::string>> resolve(const std::string& socket,
                                         const std::vector<std::string>& targets) {
  std::vector<std::string> resolved;
  for (const std::string& target : targets) {
    if (const auto name = plain(target)) {
      resolved.push_back(*name);
      continue;
    }
    GAFFER_TRY(const auto templates, client::Daemon(socket).status("*"));
    const std::vector<std::string> found = fitting(target, templates);
    if (found.empty()) return Error{Errc::NotFound, 0, "nothing is called " + target};
    resolved.insert(resolved.end(), found.begin(), found.end());
  }
  return resolved;
}

Result<Scale> parse_scale(const std::string& text) {
  const auto at = text.find_first_of("=+");
  // A name may hold a minus: `my-web-1` takes one from my-web, as only the last can be the
  // operator.
  const auto minus = text.rfind('-');
  const auto split_at = at != std::string::npos ? at : minus;
  if (split_at == std::string::npos || split_at == 0 || split_at + 1 == text.size()) {
    return Error{Errc::InvalidArgument, 0,
                 "cannot scale \"" + text + "\": use NAME=N, NAME+N or NAME-N"};
  }
  return Scale{text.substr(0, split_at),
               text.substr(text[split_at] == '=' ? split_at + 1 : split_at)};
}

}  // namespace gaffer::programs
