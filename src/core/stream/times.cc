#include "core/stream/times.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <span>

#include "os/clocks.h"
#include "os/files.h"
#include "os/log_file.h"

namespace gaffer::stream {
namespace {

constexpr std::uint64_t kRow = sizeof(TimeRow);
constexpr std::array<char, kRow> kHead = {'g', 'a', 'f', 'f', 'e', 'r', ' ', 't',
                                          'i', 'm', 'e', 's', ' ', '1', '\n'};
constexpr std::int64_t kFinest = 10'000'000;  // ns
// The head, and the rows beside it in the first block, are never given back.
constexpr std::uint64_t kFirstBlock = 4096;
constexpr std::uint64_t kLoad = 128;

std::string_view bytes_of(const TimeRow& row) {
  return {reinterpret_cast<const char*>(&row), sizeof(row)};
}

Result<TimeRow> read_row(int file, std::uint64_t number) {
  std::array<char, kRow> bytes{};
  GAFFER_TRY(const std::size_t got, os::read_at(file, number * kRow, bytes));
  if (got != kRow) return Error{Errc::Protocol, 0, "the record of times ends within a row"};
  TimeRow row;
  std::memcpy(&row, bytes.data(), kRow);
  return row;
}

bool has_head(int file) {
  std::array<char, kRow> head{};
  const auto got = os::read_at(file, 0, head);
  return got && *got == kRow && head == kHead;
}

/// The first row that is still there, of `rows`.
std::uint64_t first_kept(int file, std::uint64_t rows) {
  if (rows * kRow <= kFirstBlock) return 1;
  const auto at = os::next_data(file, kFirstBlock);
  const std::uint64_t first = at ? *at / kRow : kFirstBlock / kRow;
  return first == kFirstBlock / kRow ? 1 : std::min(first, rows);
}

}  // namespace

Result<TimesWriter> TimesWriter::open(os::UniqueFd file, std::uint64_t end) {
  TimesWriter writer;
  writer.file_ = std::move(file);
  GAFFER_TRY(const std::uint64_t size, os::file_size(writer.descriptor()));
  writer.rows_ = has_head(writer.descriptor()) ? size / kRow : 0;
  if (writer.rows_ == 0) {
    GAFFER_TRY(os::truncate(writer.descriptor(), 0));
    GAFFER_TRY(os::write_at(writer.descriptor(), 0, {kHead.data(), kHead.size()}));
    writer.rows_ = 1;
  }
  writer.oldest_ = first_kept(writer.descriptor(), writer.rows_);
  // Rows behind the end are about bytes that were lost, with a power failure or by somebody's hand.
  for (; writer.rows_ > writer.oldest_; --writer.rows_) {
    GAFFER_TRY(writer.last_, read_row(writer.descriptor(), writer.rows_ - 1));
    if (writer.last_.offset < end) break;
    writer.last_ = {};
  }
  return writer;
}

void TimesWriter::note(std::uint64_t offset, std::uint64_t run) {
  if (!file_.is_open()) return;
  const TimeRow row{.offset = offset,
                    .wall_ns = os::wall_nanoseconds(),
                    .since_boot_ns = os::nanoseconds_since_boot(),
                    .run = run};
  const bool is_soon =
      row.since_boot_ns >= last_.since_boot_ns && row.since_boot_ns - last_.since_boot_ns < kFinest;
  if (is_soon && row.run == last_.run && rows_ > 1) return;
  if (!os::write_at(file_.get(), rows_ * kRow, bytes_of(row))) return;
  ++rows_;
  last_ = row;
}

void TimesWriter::forget_before(std::uint64_t begin) {
  if (!file_.is_open()) return;
  const std::uint64_t before = oldest_;
  while (oldest_ + 1 < rows_) {
    const auto next = read_row(file_.get(), oldest_ + 1);
    if (!next || next->offset > begin) break;
    ++oldest_;
  }
  // Where the file system cannot do it the record is longer than it need be.
  if (oldest_ != before) (void)os::release_range(file_.get(), kFirstBlock, oldest_ * kRow);
}

TimesReader::TimesReader(int file) : file_(file) { look_again(); }

void TimesReader::look_again() {
  if (file_ < 0) return;
  const auto size = os::file_size(file_);
  rows_ = size ? *size / kRow : 0;
  first_ = first_kept(file_, rows_);
  loaded_.clear();
}

void TimesReader::load(std::uint64_t number) {
  loaded_.resize(kLoad);
  loaded_from_ = number / kLoad * kLoad;
  const auto room = std::as_writable_bytes(std::span(loaded_));
  const auto got =
      os::read_at(file_, loaded_from_ * kRow, {reinterpret_cast<char*>(room.data()), room.size()});
  loaded_.resize(got ? *got / kRow : 0);
}

std::optional<TimeRow> TimesReader::row(std::uint64_t number) {
  const auto is_loaded = [&] {
    return number >= loaded_from_ && number - loaded_from_ < loaded_.size();
  };
  if (!is_loaded()) load(number);
  if (!is_loaded()) return std::nullopt;
  return loaded_[number - loaded_from_];
}

template <typename IsBefore>
std::uint64_t TimesReader::first_that_is_not(const IsBefore& is_before) {
  std::uint64_t low = first_;
  std::uint64_t high = rows_;
  while (low < high) {
    const std::uint64_t middle = low + (high - low) / 2;
    const auto found = row(middle);
    if (found && is_before(*found)) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

std::optional<TimeRow> TimesReader::at(std::uint64_t offset) {
  if (file_ < 0) return std::nullopt;
  // Mostly it is asked for one byte after the other.
  if (hint_ >= first_ && hint_ < rows_) {
    const auto here = row(hint_);
    const auto next = hint_ + 1 < rows_ ? row(hint_ + 1) : std::nullopt;
    if (here && here->offset <= offset && next && offset < next->offset) return here;
  }
  look_again();
  const std::uint64_t behind =
      first_that_is_not([&](const TimeRow& row) { return row.offset <= offset; });
  if (behind <= first_) return std::nullopt;
  hint_ = behind - 1;
  return row(hint_);
}

std::optional<std::uint64_t> TimesReader::offset_at(WallTime time) {
  look_again();
  const std::uint64_t first =
      first_that_is_not([&](const TimeRow& row) { return row.wall() < time; });
  const auto found = first < rows_ ? row(first) : std::nullopt;
  return found ? std::optional(found->offset) : std::nullopt;
}

std::vector<TimesReader::Run> TimesReader::runs() {
  std::vector<Run> runs;
  look_again();
  for (std::uint64_t number = first_; number < rows_; ++number) {
    const auto found = row(number);
    if (!found) break;
    if (runs.empty() || runs.back().run != found->run)
      runs.push_back({.run = found->run, .begin = found->offset});
  }
  return runs;
}

}  // namespace gaffer::stream
