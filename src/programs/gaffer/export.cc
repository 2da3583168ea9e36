#include <algorithm>
#include <iterator>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/manager/launch_plan.h"
#include "exporters/exported.h"
#include "os/files.h"
#include "os/host.h"
#include "programs/gaffer/commands.h"
#include "wire/templates.h"

namespace gaffer::programs {
namespace {

using exporters::Exported;
using exporters::Launch;

struct ExportOptions {
  ProcfileSource procfile;
  std::string format;
  std::string directory;
  std::string app;
  std::vector<std::string> scales;
};

/// The last part of the folder that the file lies in.
Result<std::string> app_of(const ExportOptions& options) {
  if (!options.app.empty()) return options.app;
  GAFFER_TRY(std::string folder, os::current_directory());
  const auto slash = options.procfile.path.rfind('/');
  if (slash != std::string::npos && slash > 0) folder = options.procfile.path.substr(0, slash);
  std::string name = folder.substr(folder.rfind('/') + 1);
  std::ranges::replace_if(
      name, [](unsigned char c) { return std::isalnum(c) == 0 && c != '_' && c != '-'; }, '-');
  return name.empty() ? "app" : name;
}

/// What a process would be launched with, but for what only gaffer can tell it.
Result<Launch> launch_of(const ProcessTemplate& one, int slot) {
  const std::vector<std::string> base = os::environment();
  GAFFER_TRY(config::Variables outer, outer_variables(one));
  GAFFER_TRY(os::SpawnPlan plan,
             launch_plan(one, base, std::move(outer), {.slot = slot, .pid = 0, .tree = ""}));
  std::erase_if(plan.environment, [&](const std::string& variable) {
    return variable.starts_with("GAFFER_PID=") || std::ranges::find(base, variable) != base.end();
  });
  return Launch{.process_template = one,
                .slot = slot,
                .argv = std::move(plan.argv),
                .environment = std::move(plan.environment),
                .directory = std::move(plan.directory)};
}

Result<std::vector<Launch>> launches_of(const std::vector<ProcessTemplate>& templates) {
  std::vector<Launch> launches;
  for (const ProcessTemplate& one : templates) {
    for (int slot = 1; slot <= one.numprocesses; ++slot) {
      auto launch = launch_of(one, slot);
      if (!launch) return launch.error().within("template " + one.name);
      launches.push_back(*std::move(launch));
    }
  }
  return launches;
}

Exported to_json(const std::vector<ProcessTemplate>& templates) {
  std::string text;
  for (const ProcessTemplate& one : templates)
    text += (text.empty() ? "" : ",\n  ") + wire::template_document(one, wire::Secrets::Shown);
  return {.files = {{"gaffer.json", "{\"templates\": [\n  " + text + "\n]}\n"}}, .warnings = {}};
}

Result<Exported> exported(const ExportOptions& options,
                          const std::vector<ProcessTemplate>& templates) {
  if (options.format == "ini") return exporters::to_ini(templates);
  if (options.format == "json") return to_json(templates);
  if (options.format == "Procfile" || options.format == "procfile")
    return exporters::to_procfile(templates);
  GAFFER_TRY(const std::string app, app_of(options));
  GAFFER_TRY(const std::vector<Launch> launches, launches_of(templates));
  if (options.format == "systemd") return exporters::to_systemd(app, launches);
  if (options.format == "supervisord") return exporters::to_supervisord(app, launches);
  return Error{
      Errc::InvalidArgument, 0,
      "no format \"" + options.format + "\": use ini, json, systemd, supervisord or Procfile"};
}

Result<void> write_files(const std::string& directory, const std::vector<exporters::File>& files) {
  constexpr mode_t kFolder = 0755;
  constexpr mode_t kSecret = 0600;  // Variables of the environment stand in them.
  GAFFER_TRY(os::make_directories(directory, kFolder));
  for (const exporters::File& file : files) {
    GAFFER_TRY(os::write_file_atomically(directory + "/" + file.name, file.content, kSecret));
  }
  return {};
}

int run_export(const ExportOptions& options) {
  config::Loaded loaded = load_application(options.procfile);
  if (!loaded.problems.empty()) {
    print_problems("gaffer", loaded.problems);
    return kUsage;
  }
  if (const auto scaled = scale_templates(loaded.templates, options.scales, options.procfile.path);
      !scaled)
    return report(scaled.error());
  const auto made = exported(options, loaded.templates);
  if (!made) return report(made.error());
  print_problems("gaffer: warning", made->warnings);
  if (options.directory.empty()) {
    std::string text;
    for (const exporters::File& file : made->files)
      text += (made->files.size() > 1 ? "# " + file.name + "\n" : "") + file.content;
    return print(text);
  }
  if (const auto written = write_files(options.directory, made->files); !written)
    return report(written.error());
  std::string names;
  for (const exporters::File& file : made->files)
    names += options.directory + "/" + file.name + "\n";
  return print(names);
}

}  // namespace

Command export_command() {
  const auto options = std::make_shared<ExportOptions>();
  std::vector<Argument> arguments = {
      {.names = "FORMAT",
       .text = "ini, json, systemd, supervisord or Procfile",
       .into = &options->format,
       .is_required = true,
       .candidates = {.words =
                          [] {
                            return std::vector<std::string>{"ini", "json", "systemd", "supervisord",
                                                            "Procfile"};
                          }}},
      {.names = "-o,--output",
       .value = "DIR",
       .text = "write the files into this folder and print their names",
       .into = &options->directory,
       .candidates = {.files = true}},
      {.names = "-a,--app",
       .value = "NAME",
       .text = "what the application is called (the folder's name)",
       .into = &options->app},
      {.names = "-c,--concurrency",
       .value = "NAME=N",
       .text = "numbers of processes: web=2,all=1",
       .into = &options->scales,
       .takes_lists = true}};
  std::ranges::move(procfile_arguments(options->procfile), std::back_inserter(arguments));
  return {.name = "export",
          .heading = "Without a daemon",
          .summary = "Write the application in the form of gafferd or of another tool.",
          .arguments = std::move(arguments),
          .examples = {{"gaffer export ini > gaffer.ini", "for gafferd -c gaffer.ini"},
                       {"gaffer export systemd -o units -c web=2", "a unit for each process"},
                       {"gaffer export Procfile -f gaffer.ini", "the other way round"}},
          .run = [options] { return run_export(*options); },
          .details =
              "What the other tool has no word for is a warning. Files are readable for you "
              "alone, because variables of the environment stand in them."};
}

}  // namespace gaffer::programs
