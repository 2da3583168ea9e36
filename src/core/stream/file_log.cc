#include "core/stream/file_log.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <limits>
#include <span>
#include <utility>

#include "base/strings.h"
#include "core/stream/truncation.h"
#include "os/clocks.h"
#include "os/files.h"

namespace gaffer::stream {
namespace {

constexpr std::uint64_t kMaxMove = std::uint64_t{1} << 20;
constexpr std::uint64_t kBudgetSteps = 64;
constexpr std::chrono::milliseconds kPace{10};
// What grows beyond this has space reserved ahead of it, a quarter of its size.
constexpr std::uint64_t kSmall = std::uint64_t{1} << 20;
constexpr std::size_t kSeam = 4096;  // What is looked at for a cut, if less was written.
constexpr const char* kCompressing = "compress";  // A lane of its own: it takes long.

}  // namespace

void LogFiles::set_budget(std::uint64_t bytes) {
  budget_ = bytes;
  keep_to_budget();
}

LogFiles::Place LogFiles::opened(FileLog& log) {
  open_.push_front(&log);
  const auto place = open_.begin();
  if (open_.size() > max_open_) open_.back()->close();
  return place;
}

// Looking at all logs costs by their number, so it is done when enough has come together.
void LogFiles::segment_closed(std::uint64_t bytes) {
  closed_bytes_ += bytes;
  if (closed_bytes_ >= budget_ / kBudgetSteps) keep_to_budget();
}

void LogFiles::keep_to_budget() {
  if (budget_ == 0 || directory_.empty()) return;
  is_due_again_ = enforcing_.is_waiting();
  if (is_due_again_) return;
  closed_bytes_ = 0;
  enforcing_ = pool_.run(
      directory_,
      [directory = directory_, budget = budget_] {
        keep_within(directory, "", budget);
        return true;
      },
      [this](bool) {
        enforcing_ = {};
        if (is_due_again_) keep_to_budget();
      });
}

FileLog::FileLog(LogFiles& files, FileLogSettings settings)
    : files_(files),
      settings_(std::move(settings)),
      has_pattern_(settings_.place.path.find('{') != std::string::npos) {}

FileLog::~FileLog() { close(); }

LogPlace FileLog::place_now() const {
  LogPlace place = settings_.place;
  if (!has_pattern_) return place;
  replace_all(place.path, "{pid}", std::to_string(run_));
  replace_all(place.path, "{date}", os::local_date());
  return place;
}

// What hangs is a directory's file system.
std::string FileLog::lane() const {
  return settings_.place.path.substr(0, settings_.place.path.rfind('/'));
}

Result<Log::Readiness> FileLog::prepare(OnPrepared on_prepared) {
  if (!pending_.is_waiting()) {
    if (!is_open()) {
      open();
    } else if (is_segment_over()) {
      switch_segment();
    } else {
      return Readiness::Now;
    }
  }
  on_prepared_ = std::move(on_prepared);
  return Readiness::Later;
}

bool FileLog::is_segment_over() const {
  const std::uint64_t most = settings_.retention.max_size;
  return skipped_ > 0 || (most != 0 && size_ >= most) ||
         (has_pattern_ && place_now().path != segments_->back().path);
}

void FileLog::open() {
  pending_ = files_.pool().run(
      lane(), [place = place_now()] { return open_log_files(place); },
      [this](Result<OpenLog> open) { opened(std::move(open)); });
}

void FileLog::switch_segment() {
  const std::uint64_t begin = end() + skipped_;
  if (size_ == 0) close();  // It is opened again where it is, and has one writer.
  pending_ = files_.pool().run(
      lane(),
      [place = place_now(), segments = *segments_, begin, settings = settings_]() mutable {
        auto open = stream::switch_segment(place, std::move(segments), begin, settings.retention);
        if (const auto total = settings.retention.total)
          keep_within(settings.lists, settings.template_prefix, *total);
        return open;
      },
      [this, closed = size_, skipped = skipped_](Result<OpenLog> open) {
        if (open) {  // Or else they are still to be left out.
          skipped_ -= skipped;
          files_.segment_closed(closed);
        }
        opened(std::move(open));
        compress_closed();
      });
}

void FileLog::opened(Result<OpenLog> open) {
  pending_ = {};
  const Result<void> done = open ? take_over(*std::move(open)) : open.error();
  if (!done) close();
  // Moved out, because the callee may ask again.
  const OnPrepared on_prepared = std::exchange(on_prepared_, nullptr);
  if (on_prepared) on_prepared(done);
}

Result<void> FileLog::take_over(OpenLog open) {
  const std::uint64_t end_before = segments_ ? std::max(known_end_, end()) : 0;
  close();
  segments_ = std::make_shared<const std::vector<Segment>>(std::move(open.segments));
  file_ = std::move(open.file);
  size_ = open.size;
  reserved_ = 0;
  place_in_files_ = files_.opened(*this);
  if (end() < end_before) shift_to(end_before);  // It was cut while it was closed.
  GAFFER_TRY(read_last_byte());
  last_look_ = {};
  GAFFER_TRY(times_, open.times.is_open() ? TimesWriter::open(std::move(open.times), end())
                                          : TimesWriter());
  times_.forget_before(segments_->front().base);
  return {};
}

void FileLog::close() {
  if (!is_open()) return;
  known_end_ = end();
  file_.reset();
  times_ = {};
  files_.closed(place_in_files_);
}

Result<std::size_t> FileLog::take(int pipe, std::uint64_t run) {
  GAFFER_TRY(look_at_size());
  const std::uint64_t most = settings_.retention.max_size;
  const std::uint64_t room = most > size_ ? std::min(most - size_, kMaxMove) : kMaxMove;
  GAFFER_TRY(const std::size_t moved, os::splice_to_file(pipe, file_.get(), size_, room));
  if (moved == 0) return moved;
  GAFFER_TRY(look_at_seam(moved));
  times_.note(end(), run);
  size_ += moved;
  reserve_ahead();
  files_.used(place_in_files_);
  return moved;
}

// While bytes are moved the pipe is locked and its writer waits. Finding space for them takes most of
// that time, and is done before they come.
void FileLog::reserve_ahead() {
  const std::uint64_t most = settings_.retention.max_size;
  const std::uint64_t full_size = most != 0 ? most : std::numeric_limits<std::uint64_t>::max();
  if (size_ < kSmall || size_ >= full_size) return;
  if (std::min(size_ + kSmall / 8, full_size) <= reserved_) return;
  reserved_ = std::min(size_ + std::min(size_ / 4, kMaxMove), full_size);
  (void)os::reserve_range(file_.get(), size_, reserved_ - size_);  // Or it is found as they come.
}

// Others may write to the file, and cut it; whether a busy one has another size is asked for every
// 10 ms.
Result<void> FileLog::look_at_size() {
  const Moment now = std::chrono::steady_clock::now();
  if (now - last_look_ < kPace) return {};
  last_look_ = now;
  GAFFER_TRY(const std::uint64_t size, os::file_size(file_.get()));
  if (size == size_) return {};
  const std::uint64_t end_before = end();
  const bool is_cut = size < size_;
  size_ = size;
  if (is_cut) shift_to(end_before);
  return read_last_byte();
}

// A cut before our write leaves zeros where the last byte was. If that was a zero itself it is not
// noticed here, but by the size.
Result<void> FileLog::look_at_seam(std::size_t moved) {
  std::array<char, kSeam + 1> seam{};
  const std::size_t before = size_ > 0 ? 1 : 0;
  const std::size_t seen = std::min(moved, kSeam) + before;
  GAFFER_TRY(const std::size_t got,
             os::read_at(file_.get(), size_ - before, std::span(seam).first(seen)));
  const bool is_cut = got != seen || (before > 0 && seam[0] != last_byte_);
  if (is_cut) {
    GAFFER_TRY(const std::uint64_t cut, mend_truncation(file_.get(), size_, moved));
    const std::uint64_t end_before = end();
    size_ = cut;
    shift_to(end_before);
  }
  if (is_cut || moved > kSeam) {
    GAFFER_TRY(last_byte_, byte_at(size_ + moved - 1));
  } else {
    last_byte_ = seam.at(seen - 1);
  }
  return {};
}

// The offsets go on: what is in the file now are the bytes before `end`.
void FileLog::shift_to(std::uint64_t end) {
  auto shifted = std::make_shared<std::vector<Segment>>(*segments_);
  shifted->back().base = end - size_;
  segments_ = shifted;
  saving_ = files_.pool().run(
      lane(), [place = settings_.place, shifted] { return save_segments(place, *shifted); },
      [this](const Result<void>&) { saving_ = {}; });  // The next switch writes it again.
}

Result<char> FileLog::byte_at(std::uint64_t offset) const {
  char byte = 0;
  GAFFER_TRY(const std::size_t got, os::read_at(file_.get(), offset, {&byte, 1}));
  return got == 1 ? byte : '\0';  // It was cut again, which the next write will tell.
}

Result<void> FileLog::read_last_byte() {
  if (size_ == 0) return {};
  GAFFER_TRY(last_byte_, byte_at(size_ - 1));
  return {};
}

// All that are closed, not the last one only: one before may still have been waiting, and is not
// waited for any more.
void FileLog::compress_closed() {
  if (!settings_.retention.compress || !segments_ || segments_->size() < 2) return;
  compressing_ = files_.pool().run(
      kCompressing,
      [place = settings_.place, segments = segments_] {
        for (const Segment& segment : std::span(*segments).first(segments->size() - 1)) {
          if (os::file_exists(segment.path))
            (void)compress_segment(place, segment);  // Or stays as it was.
        }
        return true;
      },
      [this](bool) { compressing_ = {}; });
}

LogView FileLog::view() const {
  return {.place = place_now(),
          .segments = segments_,
          .end = !segments_  ? 0
                 : is_open() ? end()
                             : known_end_};
}

}  // namespace gaffer::stream
