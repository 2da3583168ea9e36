#include <algorithm>
#include <map>
#include <set>

#include "base/shell_words.h"
#include "core/config/properties.h"
#include "exporters/exported.h"

namespace gaffer::exporters {
namespace {

/// What a Procfile says by being one, and what .env says.
const std::set<std::string_view> kSaid = {"name", "cmd",   "args", "env",  "raw",
                                          "cwd",  "shell", "port", "start"};

std::string entry_name(const ProcessTemplate& one) {
  std::string name = one.name.substr(one.name.rfind(':') + 1);
  std::ranges::replace(name, '.', '-');
  return name;
}

std::string command_of(const ProcessTemplate& one) {
  std::string line = one.cmd;
  for (const std::string& arg : one.args)
    line += " " + quote_shell_word(arg);
  return line;
}

/// In double quotes, which all readers of .env files know.
std::string quoted(const std::string& value) {
  std::string text = "\"";
  for (const char c : value) {
    if (c == '\n') {
      text += "\\n";
      continue;
    }
    if (c == '"' || c == '\\' || c == '$') text += '\\';
    text += c;
  }
  return text + "\"";
}

void warn_of_rest(const ProcessTemplate& one, std::vector<std::string>& warnings) {
  for (const config::Property& property : config::properties()) {
    if (kSaid.contains(property.name) || !property.get(one)) continue;
    std::string text = one.name + ": a Procfile has no " + std::string(property.name);
    if (property.name == "numprocesses")
      text += "; start it with -c " + entry_name(one) + "=" + std::to_string(one.numprocesses);
    warnings.push_back(std::move(text));
  }
}

std::map<std::string, std::string> common_variables(const std::vector<ProcessTemplate>& templates) {
  if (templates.empty()) return {};
  std::map<std::string, std::string> common = templates.front().env;
  for (const ProcessTemplate& one : templates) {
    std::erase_if(common, [&](const auto& variable) {
      const auto found = one.env.find(variable.first);
      return found == one.env.end() || found->second != variable.second;
    });
  }
  return common;
}

}  // namespace

Exported to_procfile(const std::vector<ProcessTemplate>& templates) {
  Exported exported;
  const auto common = common_variables(templates);
  std::string entries;
  for (const ProcessTemplate& one : templates) {
    std::string own;
    for (const auto& [name, value] : one.env) {
      if (!common.contains(name)) own += name + "=" + quote_shell_word(value) + " ";
    }
    entries += entry_name(one) + ": " + own + command_of(one) + "\n";
    warn_of_rest(one, exported.warnings);
  }
  exported.files.push_back({"Procfile", std::move(entries)});
  std::string variables;
  for (const auto& [name, value] : common)
    variables += name + "=" + quoted(value) + "\n";
  if (!variables.empty()) exported.files.push_back({".env", std::move(variables)});
  return exported;
}

}  // namespace gaffer::exporters
