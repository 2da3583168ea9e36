#include "core/stream/log_query.h"

#include <algorithm>
#include <utility>

namespace gaffer::stream {
namespace {

/// The part of a log that one run wrote; empty if there is no such run.
std::optional<std::pair<std::uint64_t, std::uint64_t>> part_of_run(LogReader& log, int run) {
  const auto runs = log.times().runs();
  const auto back = static_cast<std::size_t>(-run);
  if (run > 0 || back >= runs.size()) return std::nullopt;
  const std::size_t number = runs.size() - 1 - back;
  const std::uint64_t end = number + 1 < runs.size() ? runs[number + 1].begin : log.end();
  return std::pair(runs[number].begin, end);
}

}  // namespace

Result<std::size_t> LogQuery::add(LogView view, std::optional<std::uint64_t> from) {
  LogReader log(std::move(view));
  std::optional<std::uint64_t> end;
  std::uint64_t begin = log.begin();
  if (selection_.run) {
    const auto part = part_of_run(log, *selection_.run);
    begin = part ? part->first : log.end();
    if (!part || *selection_.run < 0) end = part ? part->second : log.end();
  }
  if (selection_.until) {
    const auto behind = log.times().offset_at(*selection_.until);
    if (behind && (!end || *behind < *end)) end = behind;
  }
  if (from) {
    begin = *from;
  } else {
    GAFFER_TRY(begin, begin_in(log, begin, end.value_or(log.end())));
  }
  sources_.push_back(std::make_unique<Source>(
      Source{.log = std::move(log), .cursor = LineCursor(begin), .end = end}));
  to_pull_.push_back(sources_.size() - 1);
  return sources_.size() - 1;
}

// Between what the run and the time leave, where the lines that are wanted begin.
Result<std::uint64_t> LogQuery::begin_in(LogReader& log, std::uint64_t begin,
                                         std::uint64_t end) const {
  if (selection_.since) {
    const auto first = log.times().offset_at(*selection_.since);
    GAFFER_TRY(const std::uint64_t line, begin_of_line(log, first.value_or(end)));
    begin = std::max(begin, line);
  }
  if (selection_.last) {
    GAFFER_TRY(const std::uint64_t line,
               offset_of_last_lines(log, end, *selection_.last, selection_.matcher.get()));
    begin = std::max(begin, line);
  }
  return begin;
}

void LogQuery::refresh(std::size_t number, LogView view) {
  Source& source = *sources_[number];
  const bool is_same = source.log.reads(view);
  source.log.refresh(std::move(view));
  if (!is_same) source.cursor = LineCursor(source.log.begin());
  source.is_rest_told = false;
  if (std::exchange(source.is_read_out, false)) to_pull_.push_back(number);
}

Result<bool> LogQuery::next(Found& found) {
  for (const std::size_t number : std::exchange(to_pull_, {})) {
    GAFFER_TRY(const bool has_line, pull(number));
    if (has_line) sort_in(number);
  }
  if (heads_.empty()) return false;
  const auto is_later = [this](std::size_t a, std::size_t b) { return comes_later(a, b); };
  std::ranges::pop_heap(heads_, is_later);
  const std::size_t number = heads_.back();
  heads_.pop_back();
  found = *std::exchange(sources_[number]->head, std::nullopt);
  to_pull_.push_back(number);
  return true;
}

Result<bool> LogQuery::next_rest(Found& found) {
  for (std::size_t number = 0; number < sources_.size(); ++number) {
    Source& source = *sources_[number];
    if (std::exchange(source.is_rest_told, true) || source.end) continue;
    Line line;
    GAFFER_TRY(const bool has_rest, source.cursor.rest(source.log, line));
    if (!has_rest || (selection_.matcher && !selection_.matcher->matches(line.text))) continue;
    found = {.log = number, .line = line, .time = source.log.times().at(line.offset)};
    return true;
  }
  return false;
}

Result<std::size_t> LogQuery::copy(std::span<char> into) {
  Source& source = *sources_.front();
  const std::uint64_t offset = source.cursor.offset();
  const std::uint64_t end = source.end.value_or(source.log.end());
  const std::uint64_t left = end - std::min(offset, end);
  GAFFER_TRY(const LogReader::Piece piece,
             source.log.read(offset, into.first(std::min<std::uint64_t>(into.size(), left))));
  source.cursor = LineCursor(piece.offset + piece.size);
  return piece.size;
}

std::uint64_t LogQuery::offset(std::size_t number) const {
  const Source& source = *sources_[number];
  return source.head ? source.head->line.offset : source.cursor.offset();
}

Result<bool> LogQuery::pull(std::size_t number) {
  Source& source = *sources_[number];
  Found found{.log = number};
  bool has_line = false;
  if (selection_.context > 0 && selection_.matcher) {
    GAFFER_TRY(has_line, pull_with_context(source, found));
  } else {
    GAFFER_TRY(has_line, pull_line(source, found.line, selection_.matcher.get()));
  }
  source.is_read_out = !has_line;
  if (!has_line) return false;
  found.time = source.log.times().at(found.line.offset);
  source.head = found;
  return true;
}

Result<bool> LogQuery::pull_line(Source& source, Line& line, const Matcher* matcher) {
  GAFFER_TRY(const bool has_line, source.cursor.next(source.log, line, matcher));
  return has_line && (!source.end || line.offset < *source.end);
}

// Lines wait in `before` until it is known whether one behind them matches, and then are due.
Result<bool> LogQuery::pull_with_context(Source& source, Found& found) {
  while (source.due.empty()) {
    Line line;
    GAFFER_TRY(const bool has_line, pull_line(source, line, nullptr));
    if (!has_line) return false;
    OwnedLine owned{.text = std::string(line.text), .line = line};
    owned.is_match = selection_.matcher->matches(line.text);
    if (owned.is_match) {
      std::ranges::move(source.before, std::back_inserter(source.due));
      source.before.clear();
      source.still_wanted = selection_.context + 1;
    }
    if (source.still_wanted > 0) {
      --source.still_wanted;
      source.due.push_back(std::move(owned));
    } else {
      if (source.before.size() == selection_.context) source.before.pop_front();
      source.before.push_back(std::move(owned));
    }
  }
  source.told = std::move(source.due.front());
  source.due.pop_front();
  found.line = source.told.line;
  found.line.text = source.told.text;
  found.is_match = source.told.is_match;
  return true;
}

bool LogQuery::comes_later(std::size_t a, std::size_t b) const {
  const auto time = [this](std::size_t number) {
    const auto& row = sources_[number]->head->time;
    return std::pair(row ? row->wall_ns : 0, number);
  };
  return time(a) > time(b);
}

void LogQuery::sort_in(std::size_t number) {
  heads_.push_back(number);
  std::ranges::push_heap(heads_,
                         [this](std::size_t a, std::size_t b) { return comes_later(a, b); });
}

}  // namespace gaffer::stream
