#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/strings.h"
#include "client/daemon.h"
#include "os/host.h"
#include "programs/gaffer/commands.h"
#include "programs/gaffer/line_splitter.h"
#include "programs/gaffer/log_printer.h"
#include "programs/gaffer/past_logs.h"
#include "wire/log_record.h"

namespace gaffer::programs {
namespace {

client::Daemon::LogParameters parameters_of(const LogsOptions& options) {
  client::Daemon::LogParameters parameters;
  for (const std::string& target : options.targets)
    parameters.emplace_back("name", target);
  const std::array<std::pair<const char*, const std::string*>, 8> given = {
      {{"lines", &options.lines},
       {"since", &options.since},
       {"until", &options.until},
       {"run", &options.run},
       {"label", &options.label},
       {"grep", &options.grep},
       {"find", &options.find},
       {"context", &options.context}}};
  for (const auto& [name, value] : given) {
    if (!value->empty()) parameters.emplace_back(name, *value);
  }
  if (options.follow) parameters.emplace_back("follow", "true");
  parameters.emplace_back("format", options.as_json ? "json" : options.is_raw ? "raw" : "records");
  return parameters;
}

/// The longest name of what may be shown, and how many there are.
Result<std::pair<std::size_t, std::size_t>> survey(const client::Daemon& daemon,
                                                   const LogsOptions& options) {
  std::size_t width = 0;
  std::size_t count = 0;
  const std::vector<std::string> all{"*"};
  for (const std::string& target : options.targets.empty() ? all : options.targets) {
    GAFFER_TRY(const auto infos, daemon.status(target));
    for (const TemplateInfo& info : infos) {
      for (const ProcessInfo& process : info.processes) {
        width = std::max(
            width, info.process_template.name.size() + 1 + std::to_string(process.slot).size());
        ++count;
      }
    }
  }
  return std::pair(width, count);
}

int print_logs_of(const client::Daemon& daemon, const LogsOptions& options) {
  Result<void> written;
  const auto print = [&written](std::string_view bytes) {
    written = os::write_standard(1, bytes);
    return written.has_value();
  };
  Result<void> done;
  if (options.as_json || options.is_raw) {
    done = daemon.logs(parameters_of(options), print);
  } else {
    const auto extent = survey(daemon, options);
    if (!extent) return report(extent.error());
    LogPrinter printer(style_of(options), extent->first, extent->second > 1, print);
    LineSplitter splitter([&printer](std::string_view line) {
      const auto record = wire::parse_record(line);
      return !record || printer.print(*record);
    });
    done = daemon.logs(parameters_of(options), [&](std::string_view bytes) {
      return splitter.take(bytes) && printer.flush();
    });
    printer.finish();
  }
  if (!written) return report(written.error());
  return done ? kDone : report(done.error());
}

}  // namespace

LogStyle style_of(const LogsOptions& options) {
  const bool is_terminal = os::is_terminal(1);
  return {.is_safe = is_terminal,
          .is_coloured =
              is_terminal && !options.no_color && os::environment_variable("NO_COLOR").empty(),
          .time_form = options.time_form};
}

int run_logs(const Directories& directories, const LogsOptions& options) {
  const client::Daemon daemon(directories.socket());
  if (options.reopen) {
    const auto done = daemon.reopen_logs();
    return done ? kDone : report(done.error());
  }
  const auto is_there = daemon.status("*");
  const bool is_past = !is_there && client::is_absent(is_there.error()) && !options.follow;
  return is_past ? print_past_logs(directories, options) : print_logs_of(daemon, options);
}

namespace {

std::string number_of_lines(const std::string& text) {
  const bool is_right = text == "all" || parse_number<std::size_t>(text).has_value();
  return is_right ? "" : "\"" + text + "\" is no number of lines";
}

std::string run_before(const std::string& text) {
  const auto number = parse_number<int>(text);
  return number && *number <= 0 ? "" : "\"" + text + "\" is no run: say 0, -1, -2 ...";
}

std::vector<Argument> arguments_of(LogsOptions& options, const Globals& globals) {
  return {target_argument(options.targets, globals),
          {.names = "-f,--follow", .text = "go on with what comes", .into = &options.follow},
          {.names = "-n,--lines",
           .value = "N|all",
           .text = "lines of the past, for each process (10; all with --since, --run or --grep)",
           .into = &options.lines,
           .check = number_of_lines},
          {.names = "--since",
           .value = "TIME",
           .text = "what came then or later: 10m (ago), 2026-11-24 23:41",
           .into = &options.since},
          {.names = "--until", .value = "TIME", .text = "what came before", .into = &options.until},
          {.names = "--run",
           .value = "-N",
           .text = "what one process wrote: 0 is the last, -1 the one before",
           .into = &options.run,
           .check = run_before},
          {.names = "--label",
           .value = "LABEL",
           .text = "one stream: output, or a label of redirect_output",
           .into = &options.label},
          {.names = "-g,--grep",
           .value = "RE",
           .text = "lines that match an expression (RE2)",
           .into = &options.grep},
          {.names = "-F,--find",
           .value = "TEXT",
           .text = "lines that hold a text",
           .into = &options.find},
          {.names = "-C,--context",
           .value = "N",
           .text = "so many lines before and behind each of them",
           .into = &options.context,
           .check = number_of_lines},
          {.names = "--time",
           .value = "FORM",
           .text = "put the time before each line, in a form of strftime (%H:%M:%S.%L)",
           .into = &options.time_form,
           .value_if_bare = "%H:%M:%S.%L"},
          {.names = "--json", .text = "a JSON object for each line", .into = &options.as_json},
          {.names = "--raw",
           .text = "just as it was written, also to a terminal",
           .into = &options.is_raw},
          {.names = "--no-color", .text = "names without colours", .into = &options.no_color},
          {.names = "--reopen",
           .text = "print nothing: log files that were moved away are made anew, for log rotators",
           .into = &options.reopen}};
}

int run_checked(const Directories& directories, LogsOptions options) {
  if (!options.grep.empty() && !options.find.empty())
    return report({Errc::InvalidArgument, 0, "--grep excludes --find"});
  if (options.as_json && options.is_raw)
    return report({Errc::InvalidArgument, 0, "--json excludes --raw"});
  const auto resolved = resolve(directories.socket(), options.targets);
  if (!resolved) return report(resolved.error());
  options.targets = *resolved;
  return run_logs(directories, options);
}

}  // namespace

Command logs_command(const Globals& globals) {
  const auto options = std::make_shared<LogsOptions>();
  return {.name = "logs",
          .heading = "Looking",
          .summary = "Show what processes have written, in the order in which it came.",
          .arguments = arguments_of(*options, globals),
          .examples = {{"gaffer logs -f", "what all write, as it comes"},
                       {"gaffer logs -n 100 web", "the last words of web"},
                       {"gaffer logs --since 10m -g 'timeout|refused'", "what went wrong"}},
          .run =
              [options, &globals] {
                if (globals.colour == "never") options->no_color = true;
                return at_directories(globals, [&](const Directories& directories) {
                  return run_checked(directories, *options);
                });
              },
          .details = "Without a daemon, what the processes of the last one have written."};
}

}  // namespace gaffer::programs
