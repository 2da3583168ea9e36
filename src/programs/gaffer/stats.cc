#include "wire/stats.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/duration_text.h"
#include "base/terminal_text.h"
#include "client/daemon.h"
#include "os/host.h"
#include "programs/gaffer/commands.h"
#include "programs/gaffer/line_splitter.h"
#include "programs/gaffer/quantities.h"

namespace gaffer::programs {
namespace {

struct StatsOptions {
  std::vector<std::string> targets;
  std::string refresh;
  bool watch = false;
  bool tree = false;
  bool io = false;
  bool pss = false;
  bool as_json = false;
};

using Row = std::vector<std::string>;

/// A value, or what stands where it cannot be known.
template <typename Value, typename ToText>
std::string text_or_dash(const std::optional<Value>& value, const ToText& to_text) {
  return value ? std::string(to_text(*value)) : "-";
}

std::string time_of(std::chrono::nanoseconds used) {
  return duration_text(std::chrono::duration_cast<std::chrono::milliseconds>(used));
}

Row heads(const StatsOptions& options) {
  Row row = {"NAME", "PID", "OS_PID", "CPU%", "MEM%", "RESIDENT", "VIRTUAL"};
  if (options.pss) row.emplace_back("PSS");
  row.insert(row.end(), {"THREADS", "CPU TIME"});
  if (options.io) row.insert(row.end(), {"FILES", "READ", "WRITTEN"});
  row.insert(row.end(), {"USER", "COMMAND"});
  return row;
}

/// `usage` is that of the process alone, or with all below it.
Row row_of(const std::string& name, const ProcessStats& process, const TreeUsage& usage,
           const StatsOptions& options) {
  const auto number = [](auto value) { return std::to_string(value); };
  Row row = {
      name,
      process.pid != 0 ? std::to_string(process.pid) : "-",
      std::to_string(process.os_pid),
      text_or_dash(process.cpu, [&](double) { return percent_text(usage.cpu); }),
      text_or_dash(process.mem, [&](double) { return percent_text(usage.mem); }),
      text_or_dash(process.mem_info1, [&](auto) { return bytes_text(usage.resident_bytes); }),
      text_or_dash(process.mem_info2, bytes_text)};
  if (options.pss) row.push_back(text_or_dash(process.pss, bytes_text));
  row.push_back(text_or_dash(process.threads, number));
  row.push_back(text_or_dash(process.ctime, [&](auto) { return time_of(usage.ctime); }));
  if (options.io) {
    row.push_back(text_or_dash(process.open_files, number));
    row.push_back(text_or_dash(process.read_bytes, bytes_text));
    row.push_back(text_or_dash(process.written_bytes, bytes_text));
  }
  row.push_back(text_or_dash(process.username, terminal_safe));
  row.push_back(text_or_dash(process.cmdline, terminal_safe));
  return row;
}

TreeUsage usage_alone(const ProcessStats& process) {
  ProcessStats alone = process;
  alone.children.clear();
  return tree_usage(alone);
}

void add_tree(std::vector<Row>& rows, const std::string& name, const ProcessStats& process,
              std::size_t depth, const StatsOptions& options) {
  rows.push_back(row_of(name, process, usage_alone(process), options));
  for (const ProcessStats& child : process.children)
    add_tree(rows, std::string(2 * (depth + 1), ' '), child, depth + 1, options);
}

std::string name_of(const TemplateStats& stats, const ProcessStats& process) {
  return process.slot == 0 ? stats.name : stats.name + "." + std::to_string(process.slot);
}

std::vector<Row> rows_of(const std::vector<TemplateStats>& templates, const StatsOptions& options) {
  std::vector<Row> rows = {heads(options)};
  for (const TemplateStats& stats : templates) {
    for (const ProcessStats& process : stats.processes) {
      const std::string name = name_of(stats, process);
      if (options.tree) {
        add_tree(rows, name, process, 0, options);
      } else {
        const TreeUsage usage = tree_usage(process);
        rows.push_back(row_of(name, process, usage, options));
        if (usage.processes > 1)
          rows.back().back() += "  (and " + std::to_string(usage.processes - 1) + " below)";
      }
    }
  }
  return rows;
}

/// Numbers to the right, words to the left; the last column ends at the edge of the terminal.
std::string table(const std::vector<Row>& rows) {
  constexpr std::size_t kUnlimited = std::string::npos;
  const std::size_t columns = os::is_terminal(1) ? os::terminal_columns() : kUnlimited;
  std::vector<std::size_t> widths(rows.front().size());
  for (const Row& row : rows) {
    for (std::size_t at = 0; at < row.size(); ++at)
      widths[at] = std::max(widths[at], row[at].size());
  }
  std::string text;
  for (const Row& row : rows) {
    std::string line;
    for (std::size_t at = 0; at + 1 < row.size(); ++at) {
      const bool is_word = at == 0 || at + 2 == row.size();
      const std::string gap(widths[at] - row[at].size(), ' ');
      line += (is_word ? row[at] + gap : gap + row[at]) + "  ";
    }
    line += row.back();
    text += utf8_prefix(line, columns) + "\n";
  }
  return text;
}

bool means(const std::string& target, const TemplateStats& stats, const ProcessStats& process) {
  if (target == "*" || target == stats.name || target == name_of(stats, process)) return true;
  if (target.ends_with(":*"))
    return stats.name.starts_with(std::string_view(target).substr(0, target.size() - 1));
  return target == std::to_string(process.pid);
}

void keep_meant(std::vector<TemplateStats>& templates, const std::vector<std::string>& targets) {
  for (TemplateStats& stats : templates) {
    std::erase_if(stats.processes, [&](const ProcessStats& process) {
      return std::ranges::none_of(
          targets, [&](const std::string& target) { return means(target, stats, process); });
    });
  }
}

Result<StatsSettings> settings_of(const StatsOptions& options) {
  StatsSettings settings{.io = options.io, .pss = options.pss};
  if (options.watch) settings.refresh = std::chrono::seconds(1);
  if (options.refresh.empty()) return settings;
  const auto given = parse_seconds(options.refresh);
  constexpr std::chrono::milliseconds kShortest{10};
  constexpr std::chrono::hours kLongest{1};
  if (!given || *given < kShortest || *given > kLongest)
    return Error{Errc::InvalidArgument, 0,
                 "--refresh is \"" + options.refresh + "\": it must be seconds, 0.01 to 3600"};
  settings.refresh = *given;
  return settings;
}

/// Shows one look after the other, each a line of what the daemon says.
class Looks {
 public:
  Looks(const StatsOptions& options, const StatsSettings& settings,
        const std::vector<std::string>& targets)
      : options_(options), settings_(settings), targets_(targets) {}

  /// Returns whether there is more to come.
  bool take(std::string_view line) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty()) return true;  // A sign of life.
    const auto text = text_of(line);
    outcome_ = text ? os::write_standard(1, *text) : Result<void>(text.error());
    return outcome_.has_value();
  }
  [[nodiscard]] const Result<void>& outcome() const { return outcome_; }

 private:
  [[nodiscard]] Result<std::string> text_of(std::string_view line) const {
    GAFFER_TRY(auto templates, wire::parse_stats_document(line));
    if (targets_.size() > 1) keep_meant(templates, targets_);
    if (options_.as_json) return wire::stats_document(templates, settings_) + "\n";
    const bool in_place = options_.watch && os::is_terminal(1);
    return (in_place ? "\x1b[H\x1b[J" : "") + table(rows_of(templates, options_));
  }

  const StatsOptions& options_;
  const StatsSettings& settings_;
  const std::vector<std::string>& targets_;
  Result<void> outcome_;
};

int run_stats(const std::string& socket, const StatsOptions& options) {
  const auto settings = settings_of(options);
  if (!settings) return report(settings.error());
  // Of several all are told, and those who are meant are chosen here: one that is not there is to
  // be named.
  if (const auto there = chosen(socket, options.targets); !there) return report(there.error());
  const auto targets = resolve(socket, options.targets);
  if (!targets) return report(targets.error());
  Looks looks(options, *settings, *targets);
  LineSplitter splitter([&](std::string_view line) { return looks.take(line); });
  const auto done = client::Daemon(socket).stats(
      targets->size() == 1 ? targets->front() : "*", *settings, options.watch,
      [&](std::string_view bytes) { return splitter.take(bytes); });
  if (!looks.outcome()) return report(looks.outcome().error());
  return done ? kDone : report(done.error());
}

}  // namespace

Command stats_command(const Globals& globals) {
  const auto options = std::make_shared<StatsOptions>();
  return {
      .name = "stats",
      .heading = "Looking",
      .summary = "Show what processes use: processor, memory, files.",
      .arguments = {target_argument(options->targets, globals),
                    {.names = "-w,--watch",
                     .text = "again and again, until Ctrl-C",
                     .into = &options->watch},
                    {.names = "-r,--refresh",
                     .value = "SECONDS",
                     .text = "between two looks (0.1; 1 with -w)",
                     .into = &options->refresh},
                    {.names = "-t,--tree",
                     .text = "each process below them in a line of its own",
                     .into = &options->tree},
                    {.names = "--io",
                     .text = "open files, bytes read from and written to disks",
                     .into = &options->io},
                    {.names = "--pss",
                     .text = "proportional memory too, which takes the kernel longer",
                     .into = &options->pss},
                    {.names = "--json",
                     .text = "a JSON object for each look",
                     .into = &options->as_json}},
      .examples = {{"gaffer stats", "all of them"},
                   {"gaffer stats -w -t web", "watch web with all that it has started"},
                   {"gaffer stats --json | jq '.templates[] | {name, cpu, mem}'", "for programs"}},
      .run =
          [options, &globals] {
            return at_socket(
                globals, [&](const std::string& socket) { return run_stats(socket, *options); });
          },
      .details =
          "CPU% is the share of one processor since the look before: 400 where four work all "
          "the time. CPU%, MEM%, RESIDENT and CPU TIME are about a process with all below it; "
          "with -t each line is about one process. What may not be read is a dash."};
}

}  // namespace gaffer::programs
