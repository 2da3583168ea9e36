#include "programs/gaffer/outcome.h"

#include <algorithm>
#include <csignal>
#include <string_view>

#include "base/explain.h"
#include "base/signal_names.h"
#include "base/strings.h"
#include "base/terminal_text.h"
#include "os/host.h"
#include "programs/gaffer/commands.h"
#include "wire/log_record.h"

namespace gaffer::programs {
namespace {

constexpr int kLastLines = 5;

// `web: 2 running`, `web: 1 running, 1 waiting (cannot execute serve: …)`.
std::string summary(const TemplateInfo& info) {
  std::string counts;
  std::string reason;
  using enum ProcessState;
  for (const ProcessState state :
       {Running, Starting, Restarting, Reloading, Waiting, Stopping, Failed, Stopped}) {
    std::size_t count = 0;
    for (const ProcessInfo& process : info.processes) {
      if (process.state != state) continue;
      ++count;
      if (state == Waiting || state == Failed) reason = " (" + process.reason + ")";
    }
    if (count == 0) continue;
    counts +=
        (counts.empty() ? "" : ", ") + std::to_string(count) + " " + std::string(state_name(state));
  }
  return info.process_template.name + ": " + (counts.empty() ? "no processes" : counts) + reason;
}

bool has_failed(const ProcessInfo& process) {
  return process.state == ProcessState::Waiting || process.state == ProcessState::Failed;
}

/// What the failed ones wrote last, to standard error.
void show_last_lines(const std::string& socket, const TemplateInfo& info) {
  std::string records;
  (void)client::Daemon(socket).logs({{"name", info.process_template.name},
                                     {"lines", std::to_string(kLastLines)},
                                     {"format", "records"}},
                                    [&](std::string_view bytes) {
                                      records += bytes;
                                      return true;
                                    });
  std::string text;
  for (const std::string_view line : split(records, '\n')) {
    const auto record = wire::parse_record(line);
    if (!record) continue;
    const bool is_of_failed = std::ranges::any_of(info.processes, [&](const ProcessInfo& process) {
      return has_failed(process) && label_of(process) == record->source;
    });
    if (is_of_failed)
      text += "  " + std::string(record->source) + " | " + terminal_safe(record->text) + "\n";
  }
  if (!text.empty()) (void)os::write_standard(2, text);
}

}  // namespace

int show(const std::string& socket, const client::Daemon::Answer& answer) {
  if (!answer) return report(answer.error());
  int status = kDone;
  for (const TemplateInfo& info : *answer) {
    if (const int printed = print(terminal_safe(summary(info)) + "\n"); printed != kDone)
      return printed;
    if (!info.is_wanted || std::ranges::none_of(info.processes, has_failed)) continue;
    show_last_lines(socket, info);
    status = kFailed;
  }
  return status;
}

int act_and_show(const std::string& socket, const std::vector<std::string>& targets,
                 const std::string& verb) {
  const auto resolved = resolve(socket, targets);
  if (!resolved) return report(resolved.error());
  int status = kDone;
  for (const auto& answer : client::Daemon(socket).act(*resolved, verb)) {
    const int one = show(socket, answer);
    if (one != kDone) status = one;
  }
  return status;
}

Result<int> signal_number_of(const std::string& text) {
  const auto number = signal_number(text);
  if (number) return *number;
  return Error{Errc::InvalidArgument, 0,
               "no signal " + text + ": give a name such as HUP, or a number"};
}

std::vector<std::string> signal_words() {
  std::vector<std::string> words;
  for (int number = 1; number < SIGSYS; ++number) {
    const std::string name = signal_name(number);
    if (name.starts_with("SIG")) words.push_back(name.substr(3));
  }
  return words;
}

}  // namespace gaffer::programs
