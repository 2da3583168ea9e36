#include "core/manager/launch_plan.h"

#include <utility>

#include "base/shell_words.h"
#include "importers/env_file.h"
#include "os/descendants.h"
#include "os/files.h"
#include "os/users.h"

namespace gaffer {
namespace {

/// Puts variables into the texts of a template, unless it wants them raw.
class Substitution {
 public:
  Substitution(const ProcessTemplate& process_template, const config::Variables& own,
               const std::vector<std::string>* base)
      : is_raw_(process_template.raw), variables_(config::lookup_in(own, base)) {}

  Result<std::string> operator()(const char* property, const std::string& text) const {
    if (is_raw_ || text.find('$') == std::string::npos) return text;
    auto substituted = config::substitute(text, variables_);
    if (!substituted) return substituted.error().within(property);
    return substituted;
  }

 private:
  bool is_raw_;
  config::Lookup variables_;
};

Result<std::vector<std::string>> words_of(const ProcessTemplate& process_template,
                                          const Substitution& substitution) {
  if (process_template.shell) {  // It has the same variables, and puts them in itself.
    std::string line = process_template.cmd;
    for (const std::string& arg : process_template.args)
      line += " " + quote_shell_word(arg);
    return std::vector<std::string>{"/bin/sh", "-c", std::move(line)};
  }
  GAFFER_TRY(std::vector<std::string> words, split_shell_words(process_template.cmd));
  if (words.empty()) return Error{Errc::InvalidArgument, 0, "cmd is empty"};
  for (std::string& word : words) {
    GAFFER_TRY(word, substitution("cmd", word));
  }
  for (const std::string& arg : process_template.args) {
    GAFFER_TRY(words.emplace_back(), substitution("args", arg));
  }
  return words;
}

config::Variables fixed_variables(const ProcessTemplate& process_template, const LaunchId& id) {
  config::Variables fixed;
  if (process_template.port && id.slot > 0)
    fixed["PORT"] = std::to_string(*process_template.port + id.slot - 1);
  fixed["GAFFER_NAME"] = process_template.name;
  fixed["GAFFER_SLOT"] = std::to_string(id.slot);
  fixed["GAFFER_PID"] = std::to_string(id.pid);
  if (!id.tree.empty()) fixed[std::string(os::kTreeVariable)] = id.tree;
  return fixed;
}

Result<config::Variables> own_variables(const ProcessTemplate& process_template,
                                        const std::vector<std::string>* base,
                                        config::Variables outer, const LaunchId& id) {
  config::Variables fixed = fixed_variables(process_template, id);
  if (!process_template.raw) {
    return config::final_environment({.base = base,
                                      .file = std::move(outer),
                                      .env = process_template.env,
                                      .fixed = std::move(fixed)});
  }
  config::Variables own = std::move(fixed);
  own.insert(process_template.env.begin(), process_template.env.end());
  own.merge(outer);
  return own;
}

Result<config::Variables> variables_of_file(const std::string& path) {
  if (path.empty()) return config::Variables{};
  const auto text = os::read_file(path);
  if (!text) return text.error().within("env_file");
  importers::EnvFile file = importers::parse_env_file(*text, path);
  if (!file.problems.empty())
    return Error{Errc::InvalidArgument, 0, "env_file: " + file.problems.front()};
  return std::move(file.variables);
}

}  // namespace

Result<os::SpawnPlan> launch_plan(const ProcessTemplate& process_template,
                                  const std::vector<std::string>& base, config::Variables outer,
                                  const LaunchId& id) {
  const std::vector<std::string>* below = process_template.os_env ? &base : nullptr;
  GAFFER_TRY(const config::Variables own,
             own_variables(process_template, below, std::move(outer), id));
  const Substitution substitution(process_template, own, below);
  os::SpawnPlan plan;
  GAFFER_TRY(plan.argv, words_of(process_template, substitution));
  GAFFER_TRY(plan.directory, substitution("cwd", process_template.cwd));
  plan.environment.reserve((below != nullptr ? base.size() : 0) + own.size());
  for (const std::string& entry : base) {
    if (below == nullptr) break;
    if (!own.contains(entry.substr(0, entry.find('=')))) plan.environment.push_back(entry);
  }
  for (const auto& [name, value] : own)
    plan.environment.emplace_back(name).append("=").append(value);
  plan.file_mode_mask = process_template.umask;
  plan.limits = process_template.rlimits;
  plan.niceness = process_template.nice;
  plan.io_priority = process_template.ionice;
  plan.processors = process_template.cpu_affinity;
  plan.oom_score_adj = process_template.oom_score_adj;
  return plan;
}

Result<config::Variables> outer_variables(const ProcessTemplate& process_template) {
  GAFFER_TRY(config::Variables outer, variables_of_file(process_template.env_file));
  if (process_template.uid.empty()) return outer;
  GAFFER_TRY(const os::User user, os::find_user(process_template.uid));
  outer.emplace("HOME", user.home);
  outer.emplace("USER", user.name);
  outer.emplace("LOGNAME", user.name);
  outer.emplace("SHELL", user.shell);
  return outer;
}

Result<void> assume_identity(const ProcessTemplate& process_template, os::SpawnPlan& plan) {
  if (process_template.uid.empty() && process_template.gid.empty()) return {};
  os::Identity identity{.user = os::own_user(), .group = os::own_group()};
  if (!process_template.uid.empty()) {
    GAFFER_TRY(const os::User user, os::find_user(process_template.uid));
    identity = os::identity_of(user);
  }
  if (!process_template.gid.empty()) {
    GAFFER_TRY(identity.group, os::find_group(process_template.gid));
  }
  plan.identity = std::move(identity);
  return {};
}

Result<void> require_plan(const ProcessTemplate& process_template,
                          const std::vector<std::string>& base) {
  GAFFER_TRY(config::Variables outer, variables_of_file(process_template.env_file));
  if (auto with_user = outer_variables(process_template)) outer = *std::move(with_user);
  GAFFER_TRY(launch_plan(process_template, base, std::move(outer), {}));
  return {};
}

}  // namespace gaffer
