#include <algorithm>
#include <cctype>
#include <cmath>
#include <set>
#include <utility>

#include "base/signal_names.h"
#include "core/config/text_forms.h"
#include "exporters/exported.h"

namespace gaffer::exporters {
namespace {

/// In double quotes as systemd.syntax(7) reads them; `%` is a specifier, and in a command line `$`
/// a variable.
std::string quoted(std::string_view text, bool is_command) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '\n') {
      result += "\\n";
    } else if (c == '\t') {
      result += "\\t";
    } else {
      if (c == '"' || c == '\\') result += '\\';
      if (c == '%' || (is_command && c == '$')) result += c;
      result += c;
    }
  }
  return result + "\"";
}

std::string seconds(std::chrono::milliseconds time) { return std::to_string(time.count()) + "ms"; }

std::string restart_of(const ProcessTemplate& one) {
  switch (one.restart) {
    case Restart::Always:
      return "always";
    case Restart::OnFailure:
      return "on-failure";
    case Restart::Never:
      break;
  }
  return "no";
}

std::string limit_key(const std::string& name) {
  std::string key = "Limit";
  for (const char c : name)
    key += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return key;
}

std::string limit_value(const std::optional<std::uint64_t>& limit) {
  return limit ? std::to_string(*limit) : "infinity";
}

/// The lines of one unit's [Service].
class Service {
 public:
  explicit Service(const Launch& launch) : launch_(launch), one_(launch.process_template) {}

  std::string text() {
    add_launch();
    add_life();
    add_limits();
    return std::move(text_);
  }

 private:
  void add(const std::string& key, const std::string& value) { text_ += key + "=" + value + "\n"; }

  void add_launch() {
    if (!launch_.directory.empty()) add("WorkingDirectory", escaped(launch_.directory));
    if (!one_.uid.empty()) add("User", one_.uid);
    if (!one_.gid.empty()) add("Group", one_.gid);
    for (const std::string& variable : launch_.environment)
      add("Environment", quoted(variable, false));
    std::string line;
    for (const std::string& word : launch_.argv)
      line += (line.empty() ? "" : " ") + (line.empty() ? escaped(word) : quoted(word, true));
    add("ExecStart", line);
    if (one_.umask) add("UMask", "0" + config::octal_text(*one_.umask));
  }

  void add_life() {
    add("Restart", restart_of(one_));
    if (one_.restart != Restart::Never) add("RestartSec", seconds(one_.backoff.base));
    if (one_.success_exit_codes != std::set<int>{0}) {
      std::string codes;
      for (const int code : one_.success_exit_codes)
        codes += (codes.empty() ? "" : " ") + std::to_string(code);
      add("SuccessExitStatus", codes);
    }
    const std::string signal = signal_name(one_.stop_signal);
    add("KillSignal", signal.starts_with("SIG") ? signal : std::to_string(one_.stop_signal));
    add("TimeoutStopSec", seconds(one_.graceful_timeout));
  }

  void add_limits() {
    for (const auto& [name, limit] : one_.rlimits)
      add(limit_key(name), limit_value(limit.soft) + ":" + limit_value(limit.hard));
    if (one_.nice) add("Nice", std::to_string(*one_.nice));
    if (one_.oom_score_adj) add("OOMScoreAdjust", std::to_string(*one_.oom_score_adj));
    if (one_.memory_limit) add("MemoryMax", std::to_string(*one_.memory_limit));
    if (one_.pids_limit) add("TasksMax", std::to_string(*one_.pids_limit));
    if (one_.cpu_limit) {
      constexpr double kPercent = 100;
      add("CPUQuota", std::to_string(std::max(1L, std::lround(*one_.cpu_limit * kPercent))) + "%");
    }
    std::string processors;
    for (const int number : one_.cpu_affinity)
      processors += (processors.empty() ? "" : " ") + std::to_string(number);
    if (!processors.empty()) add("CPUAffinity", processors);
    if (one_.ionice) {
      const std::string text = config::io_priority_text(*one_.ionice);
      add("IOSchedulingClass", text.substr(0, text.find(':')));
      if (text.find(':') != std::string::npos)
        add("IOSchedulingPriority", text.substr(text.find(':') + 1));
    }
  }

  /// A path that stands by itself.
  static std::string escaped(std::string_view path) {
    std::string result;
    for (const char c : path)
      result += c == '%' ? "%%" : c == ' ' ? "\\x20" : std::string(1, c);
    return result;
  }

  const Launch& launch_;
  const ProcessTemplate& one_;
  std::string text_;
};

std::string unit_name(const std::string& app, const Launch& launch) {
  std::string name = launch.process_template.name;
  std::ranges::replace(name, ':', '-');
  return app + "-" + name + "." + std::to_string(launch.slot) + ".service";
}

void warn(const Launch& launch, std::vector<std::string>& warnings) {
  const ProcessTemplate& one = launch.process_template;
  if (launch.slot > 1) return;  // Of its template it has been said.
  if (one.flapping)
    warnings.push_back(one.name + ": flapping becomes systemd's own StartLimitIntervalSec=");
  if (one.pty)
    warnings.push_back(one.name + ": pty is left out: a unit has no terminal of its own");
  if (one.detach) warnings.push_back(one.name + ": detach is left out: a unit is always followed");
  if (!one.redirect_output.empty())
    warnings.push_back(one.name + ": redirect_output is left out: both streams go to the journal");
}

}  // namespace

Exported to_systemd(const std::string& app, const std::vector<Launch>& launches) {
  Exported exported;
  std::string wants;
  for (const Launch& launch : launches) {
    const std::string name = unit_name(app, launch);
    const ProcessTemplate& one = launch.process_template;
    if (one.start) wants += "Wants=" + name + "\n";
    std::string unit = "[Unit]\nDescription=";
    unit.append(app).append(" ").append(one.name).append(" ").append(std::to_string(launch.slot));
    unit.append("\nPartOf=").append(app).append(".target\n\n[Service]\n");
    unit += Service(launch).text();
    if (one.start) unit.append("\n[Install]\nWantedBy=").append(app).append(".target\n");
    exported.files.push_back({name, std::move(unit)});
    warn(launch, exported.warnings);
  }
  exported.files.insert(exported.files.begin(),
                        {app + ".target", "[Unit]\nDescription=" + app + "\n" + wants +
                                              "\n[Install]\nWantedBy=multi-user.target\n"});
  return exported;
}

}  // namespace gaffer::exporters
