#pragma once

#include <sys/types.h>

#include <array>
#include <cstdint>

#include "keeper/protocol/records.h"

namespace gaffer::keeper {

/// The most processes a keeper holds, those included whose end nobody has acknowledged.
constexpr std::uint32_t kCapacity = 16'384;

/// One process. 120 bytes: ten thousand of them are most of what a keeper has in memory.
struct Row {
  std::uint64_t id = 0;
  std::uint64_t started_ns = 0;
  Ending ending;
  pid_t pid = 0;
  std::array<std::int32_t, 3> descriptors{};  ///< Input, output, errors, where `held` has the bit.
  RowState state{};                           ///< 0: the row is free.
  std::uint8_t held = 0;                      ///< kInput, kOutput, kErrors.
  std::uint8_t treatment = 0;
  bool is_news : 1 = false;     ///< Its end is to be told.
  bool is_dropped : 1 = false;  ///< Nobody wants to hear of it: it goes when it ends.
  char note[kNoteBytes] = {};

 private:
  friend class Table;
  std::uint16_t next_of_id_ = 0;   // Of a free row: the next free one.
  std::uint16_t next_of_pid_ = 0;  // Of an ended row: the next news.
};

/// All processes of a keeper, found by id and, while they run, by pid. Has a fixed size and is all
/// zero when it is empty, so that it may lie in a file that a new program maps where the old one
/// left it. The pages of rows that were never used are never touched.
class Table {
 public:
  [[nodiscard]] std::uint32_t size() const { return size_; }

  /// A new row, reserved; null if the table is full or has the id.
  Row* add(std::uint64_t id);
  void remove(Row& row);

  Row* find(std::uint64_t id);
  /// Of one that runs.
  Row* find_running(pid_t pid);

  void start(Row& row, pid_t pid, std::uint64_t now);
  /// Its end becomes news, after those of others.
  void end(Row& row, const Ending& ending);

  /// The oldest news; null if there is none.
  Row* news() { return row_at(first_news_); }
  /// It is told. Quick for the oldest.
  void mark_told(Row& row);
  /// There is no news for somebody who is about to be told everything.
  void forget_news();

  /// The first row in use from a place on; null behind the last. `at` becomes the place behind it.
  Row* next_from(std::uint32_t& at);

 private:
  // Links are places plus one; 0 is the end of a list.
  using Link = std::uint16_t;
  static constexpr std::uint32_t kBuckets = kCapacity;

  static std::uint32_t bucket_of(std::uint64_t number);
  [[nodiscard]] Link link_to(const Row& row) const;
  Row* row_at(Link link) { return link == 0 ? nullptr : &rows_[link - 1U]; }
  void unlink(Link& head, Link Row::*next, const Row& row);

  std::uint32_t size_;
  std::uint32_t used_;  // Rows behind were never in use.
  Link free_;
  Link first_news_;
  Link last_news_;
  std::array<Link, kBuckets> by_id_;
  std::array<Link, kBuckets> by_pid_;
  std::array<Row, kCapacity> rows_;
};

}  // namespace gaffer::keeper
