#pragma once

#include <chrono>
#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "core/stream/log.h"
#include "core/stream/times.h"
#include "os/unique_fd.h"
#include "uv/pool.h"

namespace gaffer::stream {

class FileLog;

/// What the logs on disk of a manager share: threads for what may wait for a disk, and a bound on
/// how many are open at once. The one that was not written to for the longest is closed for another.
class LogFiles {
 public:
  /// All closed segments of the logs whose lists are in `directory` stay together within `budget`
  /// bytes; 0: any number.
  /// LIFETIME: `loop` outlives this, and this the logs.
  LogFiles(uv::Loop& loop, std::size_t max_open, std::string directory = "",
           std::uint64_t budget = 0)
      : pool_(loop), max_open_(max_open), directory_(std::move(directory)), budget_(budget) {}

  void set_budget(std::uint64_t bytes);

  [[nodiscard]] uv::Pool& pool() { return pool_; }

 private:
  friend class FileLog;
  using Place = std::list<FileLog*>::iterator;

  Place opened(FileLog& log);
  void used(Place place) { open_.splice(open_.begin(), open_, place); }
  void closed(Place place) { open_.erase(place); }
  void segment_closed(std::uint64_t bytes);
  void keep_to_budget();

  uv::Pool pool_;
  std::size_t max_open_;
  std::list<FileLog*> open_;  // The one that was used last stands first.
  std::string directory_;
  std::uint64_t budget_;
  std::uint64_t closed_bytes_ = 0;  // Since the budget was looked after.
  uv::Pool::Ticket enforcing_;
  bool is_due_again_ = false;  // As soon as that is over.
};

/// Where the files of a log are put, and for how long. In `place.path`, `{pid}` and `{date}` stand for
/// the process that writes and for the day in local time, 2026-11-24: where they change, the log goes
/// on in another file.
struct FileLogSettings {
  LogPlace place;
  Retention retention;

  /// The lists of segments of all logs of the template: their directory, and how their names begin.
  std::string lists;
  std::string template_prefix;
};

/// A log on disk. What may wait for the disk, opening it and going on in the next segment, is done
/// on threads beside the loop; meanwhile prepare() says Later. Moving the bytes themselves is not.
class FileLog final : public Log {
 public:
  /// LIFETIME: `files` outlives this.
  FileLog(LogFiles& files, FileLogSettings settings);
  ~FileLog() override;

  [[nodiscard]] bool is_open() const override { return file_.is_open(); }
  Result<Readiness> prepare(OnPrepared on_prepared) override;
  Result<std::size_t> take(int pipe, std::uint64_t run) override;
  void skip(std::uint64_t bytes) override { skipped_ += bytes; }
  void begin_run(std::uint64_t run) override { run_ = run; }
  void reopen() override { close(); }
  void set_retention(const Retention& retention) override { settings_.retention = retention; }
  [[nodiscard]] LogView view() const override;

  /// Closes the files, until they are needed again.
  void close();

 private:
  [[nodiscard]] LogPlace place_now() const;
  [[nodiscard]] std::string lane() const;
  [[nodiscard]] bool is_segment_over() const;
  [[nodiscard]] std::uint64_t end() const { return segments_->back().base + size_; }
  void open();
  void switch_segment();
  void opened(Result<OpenLog> open);
  Result<void> take_over(OpenLog open);
  void reserve_ahead();
  Result<void> look_at_size();
  Result<void> look_at_seam(std::size_t moved);
  void shift_to(std::uint64_t end);
  [[nodiscard]] Result<char> byte_at(std::uint64_t offset) const;
  Result<void> read_last_byte();
  void compress_closed();

  LogFiles& files_;
  FileLogSettings settings_;
  bool has_pattern_;
  std::uint64_t run_ = 0;

  os::UniqueFd file_;
  std::uint64_t size_ = 0;      // Of the file, as far as we know.
  std::uint64_t reserved_ = 0;  // Up to there the file has space.
  char last_byte_ = 0;          // Of the file, if it has any.
  Moment last_look_{};          // At its size.
  TimesWriter times_;
  LogFiles::Place place_in_files_;
  std::shared_ptr<const std::vector<Segment>> segments_;  // Null until it was open once.
  std::uint64_t known_end_ = 0;                           // While it is closed.
  std::uint64_t skipped_ = 0;  // Offsets to be left out before the next byte.

  OnPrepared on_prepared_;
  uv::Pool::Ticket pending_;  // Opens it or switches.
  uv::Pool::Ticket saving_;
  uv::Pool::Ticket compressing_;
};

}  // namespace gaffer::stream
