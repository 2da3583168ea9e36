#include "core/config/ini_templates.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "base/shell_words.h"
#include "base/signal_names.h"
#include "base/strings.h"
#include "core/config/ini.h"
#include "core/config/validate.h"

namespace gaffer::config {
namespace {

std::optional<bool> parse_boolean(std::string_view text) {
  std::string word(text);
  std::transform(word.begin(), word.end(), word.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (word == "yes" || word == "true" || word == "on" || word == "1") return true;
  if (word == "no" || word == "false" || word == "off" || word == "0") return false;
  return std::nullopt;
}

std::optional<std::chrono::milliseconds> parse_seconds(std::string_view text) {
  constexpr double kMax = std::chrono::duration<double>(kMaxGracefulTimeout).count();
  double seconds = 0;
  const char* end = text.data() + text.size();
  const auto [stopped, error] =
      std::from_chars(text.data(), end, seconds, std::chars_format::fixed);
  if (error != std::errc{} || stopped != end) return std::nullopt;
  if (!(seconds >= 0 && seconds <= kMax)) return std::nullopt;  // This way round it refuses nan.
  return std::chrono::milliseconds(std::llround(seconds * 1000));
}

/// Puts a value into the template, or says what it must be instead.
using Setter = std::optional<std::string> (*)(ProcessTemplate& wanted, const std::string& value);

std::optional<std::string> set_cmd(ProcessTemplate& wanted, const std::string& value) {
  wanted.cmd = value;
  return std::nullopt;
}

std::optional<std::string> set_args(ProcessTemplate& wanted, const std::string& value) {
  auto words = split_shell_words(value);
  if (!words) return "words as a shell splits them (" + words.error().message + ")";
  wanted.args = *std::move(words);
  return std::nullopt;
}

std::optional<std::string> set_cwd(ProcessTemplate& wanted, const std::string& value) {
  wanted.cwd = value;
  return std::nullopt;
}

std::optional<std::string> set_numprocesses(ProcessTemplate& wanted, const std::string& value) {
  const auto number = parse_number<int>(value);
  if (!number) return "a whole number from 0 to " + std::to_string(kMaxProcesses);
  wanted.numprocesses = *number;
  return std::nullopt;
}

std::optional<std::string> set_boolean(bool& wanted, const std::string& value) {
  const auto boolean = parse_boolean(value);
  if (!boolean) return "yes or no (true, false, on, off, 1 and 0 will do)";
  wanted = *boolean;
  return std::nullopt;
}

std::optional<std::string> set_shell(ProcessTemplate& wanted, const std::string& value) {
  return set_boolean(wanted.shell, value);
}

std::optional<std::string> set_port(ProcessTemplate& wanted, const std::string& value) {
  const auto number = parse_number<std::uint16_t>(value);
  if (!number) return "a whole number from 1 to 65535";
  wanted.port = *number;
  return std::nullopt;
}

std::optional<std::string> set_graceful_timeout(ProcessTemplate& wanted, const std::string& value) {
  const auto timeout = parse_seconds(value);
  if (!timeout) return "a number of seconds from 0 to 86400, such as 10 or 0.5";
  wanted.graceful_timeout = *timeout;
  return std::nullopt;
}

std::optional<std::string> set_uid(ProcessTemplate& wanted, const std::string& value) {
  wanted.uid = value;
  return std::nullopt;
}

std::optional<std::string> set_gid(ProcessTemplate& wanted, const std::string& value) {
  wanted.gid = value;
  return std::nullopt;
}

std::optional<std::string> set_os_env(ProcessTemplate& wanted, const std::string& value) {
  return set_boolean(wanted.os_env, value);
}

std::optional<std::string> set_start(ProcessTemplate& wanted, const std::string& value) {
  return set_boolean(wanted.start, value);
}

std::optional<std::string> set_umask(ProcessTemplate& wanted, const std::string& value) {
  unsigned mask = 0;
  const char* end = value.data() + value.size();
  const auto [stopped, error] = std::from_chars(value.data(), end, mask, 8);
  if (error != std::errc{} || stopped != end) return "an octal number from 0 to 777, such as 022";
  wanted.umask = mask;
  return std::nullopt;
}

std::optional<std::string> set_stop_signal(ProcessTemplate& wanted, const std::string& value) {
  const auto signal = signal_number(value);
  if (!signal) return "a signal such as TERM, INT or QUIT";
  wanted.stop_signal = *signal;
  return std::nullopt;
}

std::optional<std::string> set_restart(ProcessTemplate& wanted, const std::string& value) {
  if (value == "always") {
    wanted.restart = Restart::Always;
  } else if (value == "on-failure") {
    wanted.restart = Restart::OnFailure;
  } else if (value == "never") {
    wanted.restart = Restart::Never;
  } else {
    return "always, on-failure or never";
  }
  return std::nullopt;
}

std::optional<std::string> set_success_exit_codes(ProcessTemplate& wanted,
                                                  const std::string& value) {
  wanted.success_exit_codes.clear();
  for (const std::string_view piece : split(value, ',')) {
    const auto code = parse_number<int>(trim(piece));
    if (!code) return "exit codes from 0 to 255 with commas between them, such as 0, 3";
    wanted.success_exit_codes.insert(*code);
  }
  return std::nullopt;
}

std::optional<std::string> set_priority(ProcessTemplate& wanted, const std::string& value) {
  const auto number = parse_number<int>(value);
  if (!number) return "a whole number";
  wanted.priority = *number;
  return std::nullopt;
}

constexpr std::array<std::pair<std::string_view, Setter>, 16> kSetters = {{
    {"cmd", set_cmd},
    {"args", set_args},
    {"cwd", set_cwd},
    {"numprocesses", set_numprocesses},
    {"shell", set_shell},
    {"port", set_port},
    {"graceful_timeout", set_graceful_timeout},
    {"uid", set_uid},
    {"gid", set_gid},
    {"os_env", set_os_env},
    {"umask", set_umask},
    {"stop_signal", set_stop_signal},
    {"restart", set_restart},
    {"success_exit_codes", set_success_exit_codes},
    {"start", set_start},
    {"priority", set_priority},
}};

/// The names of the setters, to guess what was meant.
constexpr std::array<std::string_view, kSetters.size()> kKeys = [] {
  std::array<std::string_view, kSetters.size()> keys;
  std::transform(kSetters.begin(), kSetters.end(), keys.begin(),
                 [](const auto& setter) { return setter.first; });
  return keys;
}();

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

  Loaded finish(std::string_view file_name) {
    std::stable_sort(templates_.begin(), templates_.end(),
                     [](const auto& a, const auto& b) { return a.priority < b.priority; });
    if (problems_.empty()) return {std::move(templates_), {}};
    return {{}, sentences(file_name, std::move(problems_))};
  }

 private:
  void report(int line, std::string message) { problems_.push_back({line, std::move(message)}); }

  void load_section(const IniSection& section) {
    constexpr std::array<std::string_view, 3> kKinds = {"process", "env", "gaffer"};
    const std::string_view header = section.name;
    const auto colon = header.find(':');
    const std::string_view kind = header.substr(0, colon);
    const bool has_name = colon != std::string_view::npos;
    if (kind == "process" && has_name) {
      load_process(section, header.substr(colon + 1));
    } else if (kind == "env" && has_name) {
      env_sections_.push_back(&section);
    } else if (header == "gaffer") {
      for (const IniEntry& entry : section.entries) {
        report(entry.line, "unknown key " + in_quotes(entry.key) + ": [gaffer] has no keys");
      }
    } else if (kind == "process" || kind == "env") {
      report(section.line, "section [" + std::string(kind) + "] has no name: it must be [" +
                               std::string(kind) + ":NAME]");
    } else {
      report(section.line, "unknown section " + in_quotes(header) + did_you_mean(kind, kKinds));
    }
  }

  void load_process(const IniSection& section, std::string_view name) {
    ProcessTemplate wanted{.name = std::string(name)};
    std::map<std::string_view, int> lines;
    for (const IniEntry& entry : section.entries) {
      lines.emplace(entry.key, entry.line);
      set(wanted, entry);
    }
    if (!wanted.cwd.empty() && wanted.cwd.front() != '/') {
      wanted.cwd = directory_ + (directory_.ends_with('/') ? "" : "/") + wanted.cwd;
    }
    bool has_good_name = true;
    for (Problem& problem : validate(wanted)) {
      if (problem.key == "name") has_good_name = false;
      const auto line = lines.find(problem.key);
      report(line == lines.end() ? section.line : line->second, std::move(problem.message));
    }
    if (has_good_name) good_names_.push_back(name);
    index_.emplace(name, templates_.size());
    templates_.push_back(std::move(wanted));
  }

  void set(ProcessTemplate& wanted, const IniEntry& entry) {
    const auto* const setter =
        std::find_if(kSetters.begin(), kSetters.end(),
                     [&entry](const auto& candidate) { return candidate.first == entry.key; });
    if (setter == kSetters.end()) {
      report(entry.line, "unknown key " + in_quotes(entry.key) + did_you_mean(entry.key, kKeys));
    } else if (const auto right = setter->second(wanted, entry.value)) {
      report(entry.line, entry.key + " is " + in_quotes(entry.value) + ": it must be " + *right);
    }
  }

  void load_env(const IniSection& section) {
    const std::string_view name = std::string_view(section.name).substr(sizeof("env:") - 1);
    const auto found = index_.find(name);
    if (found == index_.end()) {
      report(section.line, "no template " + in_quotes(name) + " in this file for its variables" +
                               guess_template(name));
      return;
    }
    for (const IniEntry& entry : section.entries) {
      templates_[found->second].env.emplace(entry.key, entry.value);
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
  std::vector<std::string_view> good_names_;       // Those that can be meant: the valid ones.
  std::vector<const IniSection*> env_sections_;
};

}  // namespace

Loaded load_ini(std::string_view text, std::string_view file_name, std::string_view directory) {
  Ini ini = parse_ini(text);
  Loader loader(std::move(ini.problems), directory);
  loader.load(ini.sections);
  return loader.finish(file_name);
}

}  // namespace gaffer::config
