#include "programs/gafferd/configuration.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

#include "core/config/text_forms.h"
#include "exporters/exported.h"
#include "os/files.h"

namespace gaffer::programs {
namespace {

/// One file of templates.
struct Source {
  std::string path;
  config::Loaded loaded;
};

void add_ini(std::vector<Source>& sources, const std::string& path) {
  if (!os::is_directory(path)) {
    sources.push_back({path, load_ini(path)});
    return;
  }
  const auto names = os::files_in(path);
  if (!names) {
    sources.push_back({path, {.templates = {}, .problems = {names.error().message}}});
    return;
  }
  for (const std::string& name : *names) {
    std::string file = path;
    file.append(path.ends_with('/') ? "" : "/").append(name);
    if (name.ends_with(".ini")) sources.push_back({file, load_ini(file)});
  }
}

std::vector<Source> sources_of(const ConfigurationFiles& files) {
  std::vector<Source> sources;
  for (const std::string& path : files.configs)
    add_ini(sources, path);
  if (!files.procfile.path.empty())
    sources.push_back({files.procfile.path, load_procfile(files.procfile)});
  return sources;
}

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

const ProcessTemplate* find(const std::vector<ProcessTemplate>& templates,
                            const std::string& name) {
  const auto found = std::ranges::find(templates, name, &ProcessTemplate::name);
  return found == templates.end() ? nullptr : &*found;
}

std::string outcome(const std::string& what, const std::string& name, const Result<void>& done) {
  return done ? what + " " + name : done.error().within(name).message;
}

std::string change(Manager& manager, const ProcessTemplate& before, ProcessTemplate now) {
  // Who was scaled since stays so, unless the file says another number than it did.
  const auto present = manager.info(now.name);
  if (present && before.numprocesses == now.numprocesses)
    now.numprocesses = present->process_template.numprocesses;
  const std::string name = now.name;
  const auto update = manager.update(std::move(now));
  if (!update) return update.error().within(name).message;
  std::string text = "changed " + name;
  for (const std::string& property : update->changed)
    text += (&property == &update->changed.front() ? ": " : ", ") + property;
  return text;
}

std::string list_of(const std::vector<std::string>& items) {
  std::string text;
  for (const std::string& item : items)
    text += (text.empty() ? "" : ", ") + item;
  return text;
}

/// As it would stand in a file: what is not as it is by default.
/// The secret stays where it is.
std::string section_of(const config::WebhookConfig& webhooks) {
  std::string text = "[webhooks]\n";
  for (const auto& [topic, url] : webhooks.hooks)
    text.append(topic).append(" = ").append(url) += '\n';
  return webhooks.secret.empty() ? text : text + "# secret = ***\n";
}

std::string section_of(const config::EndpointConfig& endpoint) {
  const config::EndpointConfig plain;
  std::string text = "[endpoint:" + endpoint.name + "]\n";
  const auto add = [&text](const char* key, const std::string& value) {
    if (!value.empty()) text.append(key).append(" = ").append(value).append("\n");
  };
  add("bind", endpoint.bind);
  add("hosts", list_of(endpoint.hosts));
  add("origins", list_of(endpoint.origins));
  add("certfile", endpoint.certfile);
  add("keyfile", endpoint.keyfile);
  add("cafile", endpoint.cafile);
  if (endpoint.backlog != plain.backlog) add("backlog", std::to_string(endpoint.backlog));
  if (endpoint.mode != plain.mode) add("mode", config::octal_text(endpoint.mode));
  if (endpoint.tokens) add("tokens", *endpoint.tokens ? "true" : "false");
  return text;
}

/// The sections of a file that are about gafferd itself, the first behind `lead`.
std::string of_gafferd(const Source& source, std::string_view lead) {
  std::string text;
  const auto add = [&](const std::string& section) {
    text.append(text.empty() ? lead : "\n# of ").append(source.path).append("\n").append(section);
  };
  if (const auto budget = source.loaded.log_budget)
    add("[gaffer]\nlog_budget = " + std::to_string(*budget) + "\n");
  if (const auto& webhooks = source.loaded.webhooks; !webhooks.hooks.empty())
    add(section_of(webhooks));
  for (const config::EndpointConfig& endpoint : source.loaded.endpoints)
    add(section_of(endpoint));
  return text;
}

}  // namespace

config::Loaded load(const ConfigurationFiles& files) {
  std::vector<Source> sources = sources_of(files);
  config::Loaded all{.problems = find_duplicates(sources)};
  for (Source& source : sources) {
    std::ranges::move(source.loaded.problems, std::back_inserter(all.problems));
    std::ranges::move(source.loaded.templates, std::back_inserter(all.templates));
    std::ranges::move(source.loaded.endpoints, std::back_inserter(all.endpoints));
    std::ranges::move(source.loaded.webhooks.hooks, std::back_inserter(all.webhooks.hooks));
    if (!source.loaded.webhooks.secret.empty())
      all.webhooks.secret = std::move(source.loaded.webhooks.secret);
    if (source.loaded.log_budget) all.log_budget = source.loaded.log_budget;
  }
  if (!all.problems.empty()) {
    all.templates.clear();
    all.endpoints.clear();
    all.webhooks = {};
  }
  return all;
}

std::string effective_configuration(const ConfigurationFiles& files) {
  std::string text;
  for (const Source& source : sources_of(files)) {
    for (const ProcessTemplate& one : source.loaded.templates) {
      const exporters::Exported ini = exporters::to_ini({one});
      text += (text.empty() ? "# of " : "\n# of ") + source.path + "\n" + ini.files.front().content;
      for (const std::string& warning : ini.warnings)
        text += "# " + warning + "\n";
    }
    text += of_gafferd(source, text.empty() ? "# of " : "\n# of ");
  }
  return text;
}

std::vector<std::string> apply(Manager& manager, const std::vector<ProcessTemplate>& before,
                               const std::vector<ProcessTemplate>& now) {
  std::vector<std::string> done;
  for (const ProcessTemplate& old : before) {
    if (find(now, old.name) != nullptr) continue;
    done.push_back(outcome("removed", old.name, manager.remove(old.name)));
  }
  for (const ProcessTemplate& wanted : now) {
    const ProcessTemplate* old = find(before, wanted.name);
    if (old == nullptr) {
      done.push_back(outcome("added", wanted.name, manager.add(wanted)));
    } else if (!(*old == wanted)) {
      done.push_back(change(manager, *old, wanted));
    }
  }
  return done;
}

}  // namespace gaffer::programs
