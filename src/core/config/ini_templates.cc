#include "core/config/ini_templates.h"

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <utility>

#include "base/strings.h"
#include "core/config/ini.h"
#include "core/config/ini_endpoints.h"
#include "core/config/properties.h"
#include "core/config/text_forms.h"
#include "core/config/validate.h"

namespace gaffer::config {
namespace {

constexpr std::string_view kVariable = "env:";

std::string absolute(const std::string& path, const std::string& directory) {
  if (path.front() == '/') return path;
  return directory + (directory.ends_with('/') ? "" : "/") + path;
}

/// Where the path begins is known only when the process starts.
bool begins_with_variable(const ProcessTemplate& wanted) {
  return !wanted.raw && wanted.cwd.starts_with('$') && !wanted.cwd.starts_with("$$");
}

/// The path in a form that substitution turns back into the path.
std::string without_variables(std::string_view path) {
  std::string escaped;
  for (const char c : path) {
    escaped += c == '$' ? "$$" : std::string(1, c);
  }
  return escaped;
}

/// Turns the sections of one file into templates.
class Loader {
 public:
  Loader(std::vector<LineProblem> problems, std::string_view directory)
      : problems_(std::move(problems)), directory_(directory) {}

  void load(const std::vector<IniSection>& sections) {
    for (const IniSection& section : sections) {
      load_section(section);
    }
    // Only now is every template known: an env section may stand before its template.
    for (const IniSection* section : env_sections_) {
      load_env(*section);
    }
  }

  /// REQUIRES: all is loaded.
  void check(const Check& check) {
    for (const auto& [index, place] : good_ones_) {
      for (Problem& problem : check(templates_[index]))
        report(place.line_of(problem.key), std::move(problem.message));
    }
  }

  Loaded finish(std::string_view file_name) {
    auto endpoints = endpoints_.finish(problems_);
    std::stable_sort(templates_.begin(), templates_.end(),
                     [](const auto& a, const auto& b) { return a.priority < b.priority; });
    if (problems_.empty()) {
      Loaded loaded;
      loaded.templates = std::move(templates_);
      loaded.endpoints = std::move(endpoints);
      loaded.webhooks = std::move(webhooks_);
      loaded.log_budget = log_budget_;
      return loaded;
    }
    return {{}, sentences(file_name, std::move(problems_))};
  }

 private:
  /// Where a template stands in the file.
  struct Place {
    int section = 0;
    std::map<std::string, int, std::less<>> keys;

    // A variable may stand in a line of its own or in one with others, `env`.
    [[nodiscard]] int line_of(std::string_view key) const {
      auto found = keys.find(key);
      if (found == keys.end()) found = keys.find(key.substr(0, key.find(':')));
      return found == keys.end() ? section : found->second;
    }
  };

  void report(int line, std::string message) { problems_.push_back({line, std::move(message)}); }

  void load_section(const IniSection& section) {
    constexpr std::array<std::string_view, 5> kKinds = {"process", "env", "gaffer", "endpoint",
                                                        "webhooks"};
    const std::string_view header = section.name;
    const auto colon = header.find(':');
    const std::string_view kind = header.substr(0, colon);
    const bool has_name = colon != std::string_view::npos;
    if (kind == "process" && has_name) {
      load_process(section, header.substr(colon + 1));
    } else if (kind == "env" && has_name) {
      env_sections_.push_back(&section);
    } else if (header == "gaffer") {
      load_gaffer(section);
    } else if (header == "webhooks") {
      for (const IniEntry& entry : section.entries) {
        if (auto wrong = set_webhook_key(webhooks_, entry.key, entry.value))
          report(entry.line, *std::move(wrong));
      }
    } else if (kind == "endpoint" && has_name) {
      endpoints_.load_endpoint(section, header.substr(colon + 1), directory_);
    } else if (kind == "process" || kind == "env" || kind == "endpoint") {
      report(section.line, "section [" + std::string(kind) + "] has no name: it must be [" +
                               std::string(kind) + ":NAME]");
    } else {
      report(section.line, "unknown section " + in_quotes(header) + did_you_mean(kind, kKinds));
    }
  }

  void load_gaffer(const IniSection& section) {
    constexpr std::array<std::string_view, 2> kKeys = {"http_endpoints", "log_budget"};
    for (const IniEntry& entry : section.entries) {
      if (entry.key == "http_endpoints") {
        endpoints_.choose(entry);
      } else if (entry.key == "log_budget") {
        log_budget_ = parse_size(entry.value);
        if (log_budget_) continue;
        report(entry.line,
               "log_budget must be a number of bytes, such as 1G, not " + in_quotes(entry.value));
      } else {
        report(entry.line, "unknown key " + in_quotes(entry.key) + did_you_mean(entry.key, kKeys) +
                               ": [gaffer] has http_endpoints and log_budget");
      }
    }
  }

  void load_process(const IniSection& section, std::string_view name) {
    ProcessTemplate wanted{.name = std::string(name)};
    Place place{.section = section.line, .keys = {}};
    for (const IniEntry& entry : section.entries) {
      place.keys.emplace(entry.key, entry.line);
      if (!is_variable(entry)) set(wanted, entry);
    }
    for (const IniEntry& entry : section.entries) {
      if (is_variable(entry)) add_variable(wanted, entry.key.substr(kVariable.size()), entry);
    }
    if (!wanted.cwd.empty() && !begins_with_variable(wanted)) {
      wanted.cwd = absolute(wanted.cwd, wanted.raw ? directory_ : without_variables(directory_));
    }
    for (std::string* path : {&wanted.env_file, &wanted.stdout_log, &wanted.stderr_log}) {
      if (!path->empty()) *path = absolute(*path, directory_);
    }
    bool has_good_name = true;
    auto problems = validate(wanted);
    for (Problem& problem : problems) {
      if (problem.key == "name") has_good_name = false;
      report(place.line_of(problem.key), std::move(problem.message));
    }
    if (has_good_name) good_names_.push_back(name);
    if (problems.empty()) good_ones_.emplace(templates_.size(), std::move(place));
    index_.emplace(name, templates_.size());
    templates_.push_back(std::move(wanted));
  }

  static bool is_variable(const IniEntry& entry) { return entry.key.starts_with(kVariable); }

  void set(ProcessTemplate& wanted, const IniEntry& entry) {
    const Property* property = find_property(entry.key);
    if (entry.key == "name") {
      report(entry.line, "unknown key \"name\": the name stands in the head of the section");
    } else if (property == nullptr) {
      report(entry.line, unknown_key(entry.key));
    } else if (auto wrong = property->set(wanted, entry.value)) {
      report(entry.line, *std::move(wrong));
    }
  }

  void add_variable(ProcessTemplate& wanted, const std::string& name, const IniEntry& entry) {
    if (wanted.env.emplace(name, entry.value).second) return;
    report(entry.line,
           "the template has a variable " + in_quotes(name) + " already: keep one of them");
  }

  void load_env(const IniSection& section) {
    const std::string_view name = std::string_view(section.name).substr(kVariable.size());
    const auto found = index_.find(name);
    if (found == index_.end()) {
      report(section.line, "no template " + in_quotes(name) + " in this file for its variables" +
                               guess_template(name));
      return;
    }
    const auto good = good_ones_.find(found->second);
    for (const IniEntry& entry : section.entries) {
      add_variable(templates_[found->second], entry.key, entry);
      if (good != good_ones_.end())
        good->second.keys.emplace(std::string(kVariable) + entry.key, entry.line);
    }
  }

  [[nodiscard]] std::string guess_template(std::string_view name) const {
    // The search is slow and the bound keeps it from being quadratic in the size of the file.
    constexpr std::size_t kCandidates = 100;
    return good_names_.size() > kCandidates ? "" : did_you_mean(name, good_names_);
  }

  std::vector<LineProblem> problems_;
  std::string directory_;
  std::vector<ProcessTemplate> templates_;
  std::map<std::string_view, std::size_t> index_;  // Of templates_, by name.
  std::map<std::size_t, Place> good_ones_;         // The valid ones of templates_.
  std::vector<std::string_view> good_names_;       // Those that can be meant: the valid ones.
  std::vector<const IniSection*> env_sections_;
  EndpointSections endpoints_;
  WebhookConfig webhooks_;
  std::optional<std::uint64_t> log_budget_;
};

}  // namespace

Loaded load_ini(std::string_view text, std::string_view file_name, std::string_view directory,
                const Check& check) {
  Ini ini = parse_ini(text);
  Loader loader(std::move(ini.problems), directory);
  loader.load(ini.sections);
  if (check) loader.check(check);
  return loader.finish(file_name);
}

}  // namespace gaffer::config
