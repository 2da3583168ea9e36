#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/terminal_text.h"
#include "core/config/validate.h"
#include "os/files.h"
#include "os/host.h"
#include "programs/gaffer/commands.h"
#include "programs/gaffer/outcome.h"
#include "programs/gaffer/start_daemon.h"
#include "wire/templates.h"

namespace gaffer::programs {
namespace {

struct LoadOptions {
  ProcfileSource file;
  std::string app;
  bool without_start = false;
  bool without_autostart = false;
};

config::Loaded load_json(const std::string& path) {
  const bool is_standard = path == "-";
  const auto text = os::read_file(is_standard ? "/dev/stdin" : path);
  if (!text) return {.templates = {}, .problems = {text.error().message}};
  config::Loaded loaded;
  for (wire::TemplateReading& reading : wire::parse_templates_document(*text)) {
    const std::string& name = reading.process_template.name;
    const std::string place =
        (is_standard ? "standard input" : path) + (name.empty() ? "" : ": template " + name);
    for (const config::Problem& problem : reading.problems)
      loaded.problems.push_back(place + ": " + problem.message);
    loaded.templates.push_back(std::move(reading.process_template));
  }
  if (!loaded.problems.empty()) loaded.templates.clear();
  return loaded;
}

/// Puts templates into the group that the application is.
void name_after(const std::string& app, config::Loaded& loaded) {
  if (app.empty()) return;
  for (ProcessTemplate& one : loaded.templates) {
    one.name = app + ":" + one.name;
    for (const config::Problem& problem : config::validate(one))
      loaded.problems.push_back("--app " + app + ": " + problem.message);
  }
}

config::Loaded templates_of(const LoadOptions& options) {
  const std::string& path = options.file.path;
  const bool is_json = path == "-" || path.ends_with(".json");
  config::Loaded loaded = is_json ? load_json(path) : load_application(options.file);
  name_after(options.app, loaded);
  if (options.without_start) {
    for (ProcessTemplate& one : loaded.templates)
      one.start = false;
  }
  return loaded;
}

/// `web: changed cmd, env; its processes were replaced`.
std::string change_text(const std::string& name, const Update& update) {
  if (update.way == Update::Way::Nothing) return name + ": as it was";
  std::string text = name + ": changed";
  for (const std::string& property : update.changed)
    text += (&property == &update.changed.front() ? " " : ", ") + property;
  switch (update.way) {
    case Update::Way::Nothing:
      break;
    case Update::Way::Live:
      text += "; its processes go on";
      break;
    case Update::Way::Reload:
      text += "; its processes were replaced one by one";
      break;
    case Update::Way::Restart:
      text += "; its processes were started anew";
      break;
  }
  return text;
}

int change(const std::string& socket, const ProcessTemplate& now) {
  const client::Daemon daemon(socket);
  const auto update = daemon.update(now);
  if (!update) return report(update.error());
  if (const int printed = print(terminal_safe(change_text(now.name, *update)) + "\n");
      printed != kDone)
    return printed;
  return update->way == Update::Way::Nothing ? kDone : show(socket, daemon.status(now.name));
}

/// What the application has that is no longer in its file.
void tell_leftovers(const std::string& app, const std::vector<TemplateInfo>& before,
                    const std::vector<ProcessTemplate>& now) {
  for (const TemplateInfo& info : before) {
    const std::string& name = info.process_template.name;
    const bool is_ours = !app.empty() && name.starts_with(app + ":");
    if (is_ours && std::ranges::find(now, name, &ProcessTemplate::name) == now.end()) {
      std::string text = name + " is loaded and no longer in the file; gaffer unload ";
      print_problems("gaffer", {text.append(name).append(" forgets it")});
    }
  }
}

int load_all(const std::string& socket, const LoadOptions& options,
             const std::vector<ProcessTemplate>& templates) {
  const client::Daemon daemon(socket);
  const auto before = daemon.status("*");
  if (!before) return report(before.error());
  int status = kDone;
  for (const ProcessTemplate& one : templates) {
    const bool is_known = std::ranges::any_of(
        *before, [&](const TemplateInfo& info) { return info.process_template.name == one.name; });
    const int done = is_known ? change(socket, one) : show(socket, daemon.add(one));
    if (done != kDone) status = done;
  }
  tell_leftovers(options.app, *before, templates);
  return status;
}

int run_load(const Globals& globals, const LoadOptions& options) {
  const config::Loaded loaded = templates_of(options);
  if (!loaded.problems.empty()) {
    print_problems("gaffer", loaded.problems);
    return kUsage;
  }
  return at_directories(globals, [&](const Directories& directories) {
    if (!options.without_autostart) {
      if (const auto there = require_daemon(directories, globals); !there)
        return report(there.error());
    }
    return load_all(directories.socket(), options, loaded.templates);
  });
}

int run_unload(const Globals& globals, const std::vector<std::string>& targets, bool all) {
  if (targets.empty() != all)
    return report({Errc::InvalidArgument, 0, "which ones? Give names, or --all"});
  return at_socket(globals, [&](const std::string& socket) {
    const auto resolved = all ? Result<std::vector<std::string>>(std::vector<std::string>{"*"})
                              : resolve(socket, targets);
    if (!resolved) return report(resolved.error());
    int status = kDone;
    for (const std::string& target : *resolved) {
      const auto done = client::Daemon(socket).remove(target);
      const int one = done ? print(terminal_safe(target) + ": unloaded\n") : report(done.error());
      if (one != kDone) status = one;
    }
    return status;
  });
}

}  // namespace

Command load_command(const Globals& globals) {
  const auto options = std::make_shared<LoadOptions>();
  std::vector<Argument> arguments = procfile_arguments(options->file);
  arguments.front() = {.names = "FILE",
                       .text =
                           "a Procfile, an ini file, *.json, or - for JSON from standard input "
                           "(Procfile)",
                       .into = &options->file.path,
                       .candidates = {.files = true}};
  arguments.push_back({.names = "-a,--app",
                       .value = "NAME",
                       .text = "the group to put them into: web becomes NAME:web",
                       .into = &options->app});
  arguments.push_back({.names = "--nostart",
                       .text = "start none of them, until gaffer start",
                       .into = &options->without_start});
  arguments.push_back({.names = "--no-autostart",
                       .text = "fail where no daemon runs, instead of starting one",
                       .into = &options->without_autostart});
  return {
      .name = "load",
      .heading = "Acting",
      .summary = "Hand templates to the daemon and start them; change those it has already.",
      .arguments = std::move(arguments),
      .examples = {{"gaffer load", "the Procfile here, with the .env beside it"},
                   {"gaffer load shop/Procfile --app shop", "as shop:web, shop:worker"},
                   {"gaffer load gaffer.ini", "again, after it was edited: what changed counts"},
                   {"gaffer export json | gaffer load -", "by way of another program"}},
      .run = [options, &globals] { return run_load(globals, *options); },
      .details =
          "Where there is a mistake in the file nothing is loaded. A template that the daemon "
          "has already becomes what the file says; its processes are replaced only if they "
          "must be, and what was stopped stays so. Starts a daemon where none runs, and says "
          "so; root's is left to systemd."};
}

Command unload_command(const Globals& globals) {
  const auto targets = std::make_shared<std::vector<std::string>>();
  const auto all = std::make_shared<bool>(false);
  return {.name = "unload",
          .heading = "Acting",
          .summary = "Stop templates and forget them.",
          .arguments = {target_argument(*targets, globals),
                        {.names = "--all", .text = "every template", .into = all.get()}},
          .examples = {{"gaffer unload web", "stops it, waits, forgets it"},
                       {"gaffer unload shop:", "a whole application"}},
          .run = [targets, all, &globals] { return run_unload(globals, *targets, *all); },
          .details = "Of a single process, web.2, it is a stop: templates are what is loaded."};
}

}  // namespace gaffer::programs
