#include <algorithm>
#include <cmath>

#include "base/shell_words.h"
#include "base/signal_names.h"
#include "base/strings.h"
#include "core/config/properties.h"
#include "core/config/text_forms.h"
#include "exporters/exported.h"

namespace gaffer::exporters {
namespace {

/// `%` begins an expansion in every value.
std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : text)
    result.append(c == '%' ? "%" : "") += c;
  return result;
}

/// A variable as supervisor's reader of lists takes it: in double quotes, backslashes escape.
std::string variable(std::string_view assignment) {
  const auto equals = assignment.find('=');
  std::string text = std::string(assignment.substr(0, equals)) + "=\"";
  for (const char c : assignment.substr(equals + 1)) {
    if (c == '"' || c == '\\') text += '\\';
    text += c;
  }
  return escaped(text + "\"");
}

std::string joined(const std::vector<std::string>& pieces) {
  std::string text;
  for (const std::string& piece : pieces)
    text += (text.empty() ? "" : ",") + piece;
  return text;
}

std::string restart_of(const ProcessTemplate& one) {
  return one.restart == Restart::Always      ? "true"
         : one.restart == Restart::OnFailure ? "unexpected"
                                             : "false";
}

std::string name_of(const std::string& app, const Launch& launch) {
  std::string name = app + "-" + launch.process_template.name + "-" + std::to_string(launch.slot);
  std::ranges::replace(name, ':', '-');
  return name;
}

std::string section(const std::string& name, const Launch& launch) {
  const ProcessTemplate& one = launch.process_template;
  std::string command;
  for (const std::string& word : launch.argv)
    command += (command.empty() ? "" : " ") + quote_shell_word(word);
  std::vector<std::string> variables;
  for (const std::string& assignment : launch.environment) {
    if (assignment.find('\n') == std::string::npos) variables.push_back(variable(assignment));
  }
  std::vector<std::string> codes;
  for (const int code : one.success_exit_codes)
    codes.push_back(std::to_string(code));
  const std::string signal = signal_name(one.stop_signal);
  constexpr double kMilliseconds = 1000;
  const auto patience =
      std::lround(std::ceil(static_cast<double>(one.graceful_timeout.count()) / kMilliseconds));
  std::string text = "[program:" + name + "]\ncommand=" + escaped(command) + "\n";
  if (!launch.directory.empty()) text += "directory=" + escaped(launch.directory) + "\n";
  if (!variables.empty()) text += "environment=" + joined(variables) + "\n";
  if (!one.uid.empty()) text += "user=" + escaped(one.uid) + "\n";
  if (one.umask) text += "umask=" + config::octal_text(*one.umask) + "\n";
  text += std::string("autostart=") + (one.start ? "true" : "false") +
          "\nautorestart=" + restart_of(one) + "\nexitcodes=" + joined(codes) + "\nstopsignal=" +
          (signal.starts_with("SIG") ? signal.substr(3) : std::to_string(one.stop_signal)) +
          "\nstopwaitsecs=" + std::to_string(patience) +
          "\nstopasgroup=true\nkillasgroup=true\npriority=" +
          std::to_string(std::clamp(one.priority, 0, 999)) + "\n";
  if (one.redirect_output.size() < 2) text += "redirect_stderr=true\n";
  return text + "\n";
}

void warn(const Launch& launch, std::vector<std::string>& warnings) {
  const ProcessTemplate& one = launch.process_template;
  for (const std::string& assignment : launch.environment) {
    if (assignment.find('\n') == std::string::npos) continue;
    warnings.push_back(one.name + ": env " + assignment.substr(0, assignment.find('=')) +
                       " is left out: supervisord has no form for more than one line");
  }
  if (launch.slot > 1) return;  // Of its template it has been said.
  for (const std::string_view name :
       {"gid", "flapping", "backoff", "pty", "detach", "rlimits", "nice", "ionice", "cpu_affinity",
        "oom_score_adj", "memory_limit", "cpu_limit", "pids_limit"}) {
    if (config::find_property(name)->get(one))
      warnings.push_back(one.name + ": supervisord has no " + std::string(name));
  }
}

}  // namespace

Exported to_supervisord(const std::string& app, const std::vector<Launch>& launches) {
  Exported exported;
  std::string text;
  std::vector<std::string> names;
  for (const Launch& launch : launches) {
    names.push_back(name_of(app, launch));
    text += section(names.back(), launch);
    warn(launch, exported.warnings);
  }
  exported.files.push_back(
      {app + ".conf", text + "[group:" + app + "]\nprograms=" + joined(names) + "\n"});
  return exported;
}

}  // namespace gaffer::exporters
