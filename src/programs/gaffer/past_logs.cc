#include "programs/gaffer/past_logs.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/moment_text.h"
#include "base/strings.h"
#include "core/stream/log_query.h"
#include "core/stream/segments.h"
#include "os/files.h"
#include "os/host.h"
#include "os/log_file.h"
#include "programs/gaffer/log_printer.h"
#include "wire/log_record.h"

namespace gaffer::programs {
namespace {

constexpr std::size_t kUsualLines = 10;

/// A log as its files are called: `web.1`, or `web.1.err`.
struct PastLog {
  std::string name;
  std::string source;
  std::string label;
  stream::LogPlace place;
};

/// The last part of a stem that is a number is the slot; what is behind it is the label.
std::optional<PastLog> log_of(const std::string& directory, std::string_view stem) {
  const auto last = stem.rfind('.');
  if (last == std::string_view::npos) return std::nullopt;
  auto slot_end = stem.size();
  auto dot = last;
  if (!parse_number<int>(stem.substr(dot + 1))) {
    slot_end = dot;
    dot = stem.substr(0, slot_end).rfind('.');
    if (dot == std::string_view::npos ||
        !parse_number<int>(stem.substr(dot + 1, slot_end - dot - 1)))
      return std::nullopt;
  }
  const std::string beside = directory + "/" + std::string(stem);
  return PastLog{
      .name = std::string(stem.substr(0, dot)),
      .source = std::string(stem.substr(0, slot_end)),
      .label = slot_end == stem.size() ? "output" : std::string(stem.substr(slot_end + 1)),
      .place = {.path = os::file_exists(beside + ".segments") ? "" : beside + ".log",
                .segments = beside + ".segments",
                .times = beside + ".times"}};
}

bool is_meant(const PastLog& log, const LogsOptions& options) {
  if (!options.label.empty() && options.label != log.label) return false;
  if (options.targets.empty()) return true;
  return std::ranges::any_of(options.targets, [&log](std::string_view target) {
    if (target == "*" || target == log.name || target == log.source) return true;
    return target.ends_with(":*") && log.name.starts_with(target.substr(0, target.size() - 1));
  });
}

Result<std::vector<PastLog>> find_logs(const std::string& directory, const LogsOptions& options) {
  auto names = os::names_in(directory);
  if (!names) return Error{Errc::NotFound, 0, "no gafferd, and no logs of one in " + directory};
  std::set<std::string> stems;
  for (const std::string& name : *names) {
    for (const std::string_view ending : {".log", ".times"}) {
      if (name.ends_with(ending)) stems.insert(name.substr(0, name.size() - ending.size()));
    }
  }
  std::vector<PastLog> logs;
  for (const std::string& stem : stems) {
    auto log = log_of(directory, stem);
    if (log && is_meant(*log, options)) logs.push_back(*std::move(log));
  }
  return logs;
}

Result<std::optional<WallTime>> moment(const char* name, const std::string& text) {
  if (text.empty()) return std::optional<WallTime>();
  const auto parsed = parse_moment(text, std::chrono::system_clock::now());
  if (parsed) return parsed;
  return Error{Errc::InvalidArgument, 0,
               "bad value \"" + text + "\" of " + name + ": use " + std::string(kMomentForms)};
}

Result<stream::LineSelection> selection_of(const LogsOptions& options) {
  stream::LineSelection selection;
  GAFFER_TRY(selection.since, moment("since", options.since));
  GAFFER_TRY(selection.until, moment("until", options.until));
  selection.run = parse_number<int>(options.run);
  selection.context = parse_number<std::size_t>(options.context).value_or(0);
  if (!options.grep.empty()) {
    GAFFER_TRY(stream::Matcher matcher, stream::Matcher::of_expression(options.grep));
    selection.matcher = std::make_shared<const stream::Matcher>(std::move(matcher));
  } else if (!options.find.empty()) {
    selection.matcher =
        std::make_shared<const stream::Matcher>(stream::Matcher::of_text(options.find));
  }
  const bool is_chosen = selection.since || selection.until || selection.run || selection.matcher;
  selection.last = parse_number<std::size_t>(options.lines);
  if (options.lines.empty() && !is_chosen) selection.last = kUsualLines;
  return selection;
}

wire::LogRecord record_of(const stream::LogQuery::Found& found, const PastLog& log) {
  return {.source = log.source,
          .label = log.label,
          .run = found.time ? found.time->run : 0,
          .wall_ns = found.time ? found.time->wall_ns : 0,
          .offset = found.line.offset,
          .gap = found.line.gap,
          .is_partial = !found.line.is_whole,
          .is_context = !found.is_match,
          .text = found.line.text};
}

Result<void> print_all(const std::vector<PastLog>& logs, const LogsOptions& options) {
  GAFFER_TRY(stream::LineSelection selection, selection_of(options));
  stream::LogQuery query(std::move(selection));
  std::set<std::string> sources;
  std::size_t width = 0;
  for (const PastLog& log : logs) {
    GAFFER_TRY(query.add(stream::LogView{.place = log.place}));
    sources.insert(log.source);
    width = std::max(width, log.source.size());
  }
  Result<void> written;
  LogPrinter printer(style_of(options), width, sources.size() > 1,
                     [&written](std::string_view bytes) {
                       written = os::write_standard(1, bytes);
                       return written.has_value();
                     });
  stream::LogQuery::Found found;
  while (true) {
    GAFFER_TRY(bool has_line, query.next(found));
    if (!has_line) {
      GAFFER_TRY(has_line, query.next_rest(found));
    }
    if (!has_line) break;
    const wire::LogRecord record = record_of(found, logs[found.log]);
    std::string text;
    if (options.as_json) wire::append_json_record(text, record);
    if (options.is_raw) text.append(record.text).append(record.is_partial ? "" : "\n");
    const bool goes_on =
        text.empty() ? printer.print(record) : (written = os::write_standard(1, text)).has_value();
    if (!goes_on) break;
  }
  printer.finish();
  return written;
}

}  // namespace

int print_past_logs(const Directories& directories, const LogsOptions& options) {
  const auto logs = find_logs(directories.logs, options);
  if (!logs) return report(logs.error());
  if (logs->empty()) {
    const std::string whose = options.targets.empty() ? "" : " of " + options.targets.front();
    return report({Errc::NotFound, 0, "no logs" + whose + " in " + directories.logs});
  }
  const auto printed = print_all(*logs, options);
  return printed ? kDone : report(printed.error());
}

}  // namespace gaffer::programs
