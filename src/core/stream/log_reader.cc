#include "core/stream/log_reader.h"

#include <algorithm>
#include <utility>

#include "core/stream/memory_log.h"
#include "os/files.h"
#include "os/log_file.h"

namespace gaffer::stream {

LogReader::LogReader(LogView view) { refresh(std::move(view)); }

void LogReader::refresh(LogView view) {
  view_ = std::move(view);
  if (view_.memory) {
    times_ = TimesReader(view_.memory->times);
    return;
  }
  if (!view_.segments) look_up_segments();
  if (times_file_.is_open() || view_.place.times.empty()) return;
  if (auto file = os::open_to_read(view_.place.times)) {
    times_file_ = *std::move(file);
    times_ = TimesReader(times_file_.get());
  }
}

void LogReader::look_up_segments() {
  auto segments = find_segments(view_.place);
  const auto size = segment_size(segments.back());
  view_.end = segments.back().base + (size ? *size : 0);
  view_.segments = std::make_shared<const std::vector<Segment>>(std::move(segments));
}

std::uint64_t LogReader::begin() const {
  if (view_.memory) return view_.memory->begin;
  return view_.segments ? std::min(view_.segments->front().base, view_.end) : view_.end;
}

Result<LogReader::Piece> LogReader::read(std::uint64_t offset, std::span<char> into) {
  if (view_.memory) return read_memory(offset, into);
  if (!view_.segments) return Piece{.offset = offset};
  const auto& segments = *view_.segments;
  const auto above = std::ranges::upper_bound(segments, offset, {}, &Segment::base);
  auto number = static_cast<std::size_t>(above - segments.begin());
  number -= number > 0 ? 1 : 0;
  for (; number < segments.size(); ++number) {
    offset = std::max(offset, segments[number].base);
    if (!open_segment(number) || offset >= end_of_opened(number)) continue;
    const std::uint64_t there = end_of_opened(number) - offset;
    GAFFER_TRY(const std::size_t got,
               read_opened(offset, into.first(std::min<std::uint64_t>(into.size(), there))));
    if (got > 0) return Piece{.offset = offset, .size = got};
  }
  return Piece{.offset = std::max(offset, view_.end)};
}

Result<LogReader::Piece> LogReader::read_memory(std::uint64_t offset, std::span<char> into) const {
  while (true) {
    offset = std::max<std::uint64_t>(offset, view_.memory->begin);
    const std::uint64_t there = view_.end - std::min(view_.end, offset);
    GAFFER_TRY(const std::size_t got,
               os::read_at(view_.memory->bytes.get(), offset,
                           into.first(std::min<std::uint64_t>(into.size(), there))));
    // What was given back meanwhile reads as zeros.
    if (offset >= view_.memory->begin) return Piece{.offset = offset, .size = got};
  }
}

LogReader::Stretch LogReader::stretch_before(std::uint64_t end) {
  if (view_.memory) {
    const std::uint64_t last = std::min(end, view_.end);
    return {.begin = std::min(begin(), last), .end = last};
  }
  if (!view_.segments) return {};
  const auto& segments = *view_.segments;
  for (std::size_t number = segments.size(); number-- > 0;) {
    if (segments[number].base >= end || !open_segment(number)) continue;
    const std::uint64_t last = std::min(end, end_of_opened(number));
    if (last > segments[number].base) return {.begin = segments[number].base, .end = last};
  }
  return {};
}

// One that was closed since has another name, and may be compressed or gone.
bool LogReader::open_segment(std::size_t number) {
  const Segment& segment = (*view_.segments)[number];
  if (opened_ && opened_->base == segment.base) return true;
  const bool is_last = number + 1 == view_.segments->size();
  const std::string closed = is_last ? closed_name(segment.path, segment.base) : segment.path;
  opened_.reset();
  // First the closed one: a file in its place is another segment.
  for (const std::string& path : {closed, is_last ? segment.path : closed}) {
    auto file = os::open_to_read(path);
    if (!file) continue;
    const auto size = os::file_size(file->get());
    opened_ = Opened{.base = segment.base, .size = size ? *size : 0, .file = *std::move(file)};
    return true;
  }
  auto compressed = CompressedFile::open(closed + ".zst");
  if (!compressed) return false;
  const std::uint64_t size = compressed->size();
  opened_ = Opened{.base = segment.base, .size = size, .file = *std::move(compressed)};
  return true;
}

std::uint64_t LogReader::end_of_opened(std::size_t number) const {
  const bool is_last = number + 1 == view_.segments->size();
  if (is_last) return view_.end;
  // It may have grown since it was opened, before it was closed.
  const auto* file = std::get_if<os::UniqueFd>(&opened_->file);
  const auto size = file != nullptr ? os::file_size(file->get()) : opened_->size;
  return std::min(opened_->base + (size ? *size : 0), (*view_.segments)[number + 1].base);
}

Result<std::size_t> LogReader::read_opened(std::uint64_t offset, std::span<char> into) {
  const std::uint64_t at = offset - opened_->base;
  if (auto* compressed = std::get_if<CompressedFile>(&opened_->file))
    return compressed->read(at, into);
  return os::read_at(std::get<os::UniqueFd>(opened_->file).get(), at, into);
}

}  // namespace gaffer::stream
