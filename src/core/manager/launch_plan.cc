#include "core/manager/launch_plan.h"

#include <map>
#include <utility>

#include "base/shell_words.h"
#include "os/users.h"

namespace gaffer {
namespace {

Result<std::vector<std::string>> words_of(const ProcessTemplate& process_template) {
  if (process_template.shell) {
    std::string line = process_template.cmd;
    for (const std::string& arg : process_template.args)
      line += " " + quote_shell_word(arg);
    return std::vector<std::string>{"/bin/sh", "-c", std::move(line)};
  }
  GAFFER_TRY(std::vector<std::string> words, split_shell_words(process_template.cmd));
  if (words.empty()) return Error{Errc::InvalidArgument, 0, "cmd is empty"};
  words.insert(words.end(), process_template.args.begin(), process_template.args.end());
  return words;
}

}  // namespace

Result<os::SpawnPlan> launch_plan(const ProcessTemplate& process_template,
                                  const std::vector<std::string>& base, int slot,
                                  std::uint64_t pid) {
  GAFFER_TRY(std::vector<std::string> argv, words_of(process_template));
  std::map<std::string, std::string> own = process_template.env;
  if (process_template.port) own["PORT"] = std::to_string(*process_template.port + slot - 1);
  own["GAFFER_NAME"] = process_template.name;
  own["GAFFER_SLOT"] = std::to_string(slot);
  own["GAFFER_PID"] = std::to_string(pid);

  os::SpawnPlan plan{.argv = std::move(argv), .directory = process_template.cwd};
  plan.file_mode_mask = process_template.umask;
  plan.environment.reserve(base.size() + own.size());
  for (const std::string& entry : base) {
    if (!process_template.os_env) break;
    if (own.find(entry.substr(0, entry.find('='))) == own.end()) plan.environment.push_back(entry);
  }
  for (const auto& [name, value] : own) {
    plan.environment.emplace_back(name).append("=").append(value);
  }
  return plan;
}

Result<void> assume_identity(const ProcessTemplate& process_template, os::SpawnPlan& plan) {
  if (process_template.uid.empty() && process_template.gid.empty()) return {};
  os::Identity identity{.user = os::own_user(), .group = os::own_group()};
  if (!process_template.uid.empty()) {
    GAFFER_TRY(const os::User user, os::find_user(process_template.uid));
    identity = os::identity_of(user);
    for (const auto& [name, value] :
         {std::pair("HOME", user.home), std::pair("USER", user.name),
          std::pair("LOGNAME", user.name), std::pair("SHELL", user.shell)}) {
      if (process_template.env.contains(name)) continue;
      const std::string start = std::string(name) + "=";
      std::erase_if(plan.environment,
                    [&](const std::string& entry) { return entry.rfind(start, 0) == 0; });
      plan.environment.push_back(start + value);
    }
  }
  if (!process_template.gid.empty()) {
    GAFFER_TRY(identity.group, os::find_group(process_template.gid));
  }
  plan.identity = std::move(identity);
  return {};
}

}  // namespace gaffer
