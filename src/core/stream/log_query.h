#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/stream/lines.h"
#include "core/stream/log_reader.h"
#include "core/stream/matcher.h"
#include "gaffer/result.h"

namespace gaffer::stream {

/// Which lines somebody wants to see. What is not said is not asked for.
struct LineSelection {
  std::optional<std::size_t> last;  ///< Of each log so many lines of the past …
  std::optional<WallTime> since;    ///< … that came then or later …
  std::optional<WallTime> until;    ///< … and before …
  std::optional<int> run;  ///< … in this process's part: 0 is the last one, -1 the one before …
  std::shared_ptr<const Matcher> matcher;  ///< … and match …
  std::size_t context = 0;                 ///< … with so many lines before and behind each.
};

/// The lines of one or more logs, in the order in which they came. It is used on any thread, one at
/// a time, and need not be told what the logs' writer does: `refresh` says how far they are.
class LogQuery {
 public:
  explicit LogQuery(LineSelection selection) : selection_(std::move(selection)) {}

  /// One log more; logs are numbered from 0. With `from` it is read from that offset on, whatever
  /// was selected of the past.
  /// ERRORS: LogReader::read.
  Result<std::size_t> add(LogView view, std::optional<std::uint64_t> from = {});

  /// There may be more in a log.
  void refresh(std::size_t number, LogView view);

  struct Found {
    std::size_t log = 0;
    Line line;                    ///< Its text is valid until the next call.
    std::optional<TimeRow> time;  ///< When it came, and whose it is.
    bool is_match = true;         ///< Or it is there for the context.
  };
  /// The next line; false when there is none for now.
  /// ERRORS: LogReader::read.
  Result<bool> next(Found& found);

  /// After `next` has said false: what there is of lines that have no end yet, one of each log.
  Result<bool> next_rest(Found& found);

  /// Lines are not chosen by what they say or when they end.
  [[nodiscard]] bool has_everything() const { return !selection_.matcher && !selection_.until; }
  /// In place of `next`, for one log: its bytes, as many as are at hand; 0: no more for now. What is
  /// not kept is left out. REQUIRES: has_everything().
  Result<std::size_t> copy(std::span<char> into);

  /// Where to go on in a log later, or in another query.
  [[nodiscard]] std::uint64_t offset(std::size_t number) const;

 private:
  struct OwnedLine {
    std::string text;
    Line line;
    bool is_match = true;
  };
  struct Source {
    LogReader log;
    LineCursor cursor;
    std::optional<std::uint64_t> end;  ///< Lines from there on were not selected.

    std::optional<Found> head{};  ///< Its next line.
    bool is_read_out = false;     ///< No more for now.
    bool is_rest_told = false;

    /// \name Lines around matches, read ahead of being told.
    /// @{
    std::deque<OwnedLine> before{};
    std::deque<OwnedLine> due{};
    OwnedLine told{};
    std::size_t still_wanted = 0;
    /// @}
  };

  Result<std::uint64_t> begin_in(LogReader& log, std::uint64_t begin, std::uint64_t end) const;
  Result<bool> pull(std::size_t number);
  static Result<bool> pull_line(Source& source, Line& line, const Matcher* matcher);
  Result<bool> pull_with_context(Source& source, Found& found);
  void sort_in(std::size_t number);
  [[nodiscard]] bool comes_later(std::size_t a, std::size_t b) const;

  LineSelection selection_;
  std::vector<std::unique_ptr<Source>> sources_;
  std::vector<std::size_t> heads_;    // A heap: the source whose line came first is on top.
  std::vector<std::size_t> to_pull_;  // Their lines were handed out, or they have grown.
};

}  // namespace gaffer::stream
