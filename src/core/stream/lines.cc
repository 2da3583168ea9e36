#include "core/stream/lines.h"

#include <algorithm>
#include <span>
#include <utility>

namespace gaffer::stream {
namespace {

constexpr std::size_t kMaxLine = std::size_t{64} << 10;
constexpr std::size_t kBlock = std::size_t{256} << 10;

}  // namespace

Result<bool> LineCursor::next(LogReader& log, Line& line, const Matcher* matcher) {
  while (true) {
    if (matcher != nullptr) skip_what_cannot_match(*matcher);
    if (!cut_line(line)) {
      GAFFER_TRY(const Filled filled, fill(log));
      if (filled == Filled::More) continue;
      if (filled == Filled::Nothing) {
        buffer_ = {};  // Read anew the next time.
        begin_ = end_ = 0;
        return false;
      }
      if (ahead().empty()) continue;
      hand_out(line, ahead().size(), false);  // What is before a gap ends there.
    }
    if (matcher == nullptr || matcher->matches(line.text)) return true;
    gap_ += line.gap;
  }
}

Result<bool> LineCursor::rest(LogReader& log, Line& line) {
  GAFFER_TRY(const Filled filled, fill(log));
  if (filled == Filled::Nothing || ahead().empty()) return false;
  hand_out(line, std::min(ahead().size(), kMaxLine), false);
  return true;
}

// A gap is noted once what is before it was handed out.
Result<LineCursor::Filled> LineCursor::fill(LogReader& log) {
  const std::uint64_t wanted = offset_ + end_ - begin_;
  if (log.end() <= wanted) return Filled::Nothing;
  buffer_.resize(std::max<std::size_t>(
      end_, std::min<std::uint64_t>(kBlock, end_ - begin_ + (log.end() - wanted))));
  std::copy(buffer_.begin() + static_cast<std::ptrdiff_t>(begin_),
            buffer_.begin() + static_cast<std::ptrdiff_t>(end_), buffer_.begin());
  end_ -= std::exchange(begin_, 0);
  GAFFER_TRY(const LogReader::Piece piece, log.read(wanted, std::span(buffer_).subspan(end_)));
  if (piece.size == 0) return Filled::Nothing;
  if (piece.offset != wanted) {
    if (end_ > 0) return Filled::Gap;
    gap_ += piece.offset - wanted;
    offset_ = piece.offset;
  }
  end_ += piece.size;
  return Filled::More;
}

bool LineCursor::cut_line(Line& line) {
  const auto newline = ahead().substr(0, kMaxLine).find('\n');
  if (newline == std::string_view::npos) {
    if (ahead().size() < kMaxLine) return false;
    hand_out(line, kMaxLine, false);
    return true;
  }
  hand_out(line, newline, true);
  ++begin_;
  ++offset_;
  return true;
}

void LineCursor::hand_out(Line& line, std::size_t length, bool is_whole) {
  line = {.text = ahead().substr(0, length),
          .offset = offset_,
          .is_whole = is_whole,
          .gap = std::exchange(gap_, 0)};
  begin_ += length;
  offset_ += length;
}

void LineCursor::skip_what_cannot_match(const Matcher& matcher) {
  const std::string_view text = ahead();
  const auto candidate = matcher.find_candidate(text);
  const auto newline = text.rfind('\n', candidate == 0 ? 0 : candidate - 1);
  if (candidate == 0 || newline == std::string_view::npos) return;
  begin_ += newline + 1;
  offset_ += newline + 1;
}

namespace {

/// Goes back over the lines of a log, from its end.
class LinesBackwards {
 public:
  LinesBackwards(LogReader& log, std::uint64_t end, std::size_t count, const Matcher* matcher)
      : log_(log), line_end_(end), left_(count), matcher_(matcher) {}

  /// Where the last `count` of them begin.
  Result<std::uint64_t> run() {
    auto stretch = log_.stretch_before(line_end_);
    while (left_ > 0 && stretch.begin < stretch.end) {
      GAFFER_TRY(go_back_over(stretch));
      const auto before = log_.stretch_before(stretch.begin);
      const bool is_joined = before.begin < before.end && before.end == stretch.begin;
      if (!is_joined) GAFFER_TRY(begin_at(stretch.begin));
      stretch = before;
    }
    return line_end_;
  }

 private:
  Result<void> go_back_over(LogReader::Stretch stretch) {
    while (left_ > 0 && stretch.end > stretch.begin) {
      const std::uint64_t size = std::min<std::uint64_t>(kBlock, stretch.end - stretch.begin);
      block_from_ = stretch.end - size;
      block_.resize(size);
      GAFFER_TRY(const LogReader::Piece piece, log_.read(block_from_, block_));
      if (piece.offset != block_from_) return {};  // It was given up meanwhile.
      block_.resize(piece.size);
      for (auto end = block_.rfind('\n'); end != std::string::npos && left_ > 0;
           end = end == 0 ? std::string::npos : block_.rfind('\n', end - 1))
        GAFFER_TRY(begin_at(block_from_ + end + 1));
      stretch.end = block_from_;
    }
    return {};
  }

  // A line begins at `offset` and ends where the one behind it begins.
  Result<void> begin_at(std::uint64_t offset) {
    if (left_ == 0 || offset >= line_end_) return {};
    bool counts = matcher_ == nullptr;
    if (!counts) {
      GAFFER_TRY(counts, is_match(offset));
    }
    line_end_ = offset;
    if (counts) --left_;
    return {};
  }

  Result<bool> is_match(std::uint64_t offset) {
    std::string_view text;
    if (offset >= block_from_ && line_end_ <= block_from_ + block_.size()) {
      text = std::string_view(block_).substr(offset - block_from_, line_end_ - offset);
    } else {
      line_.resize(std::min<std::uint64_t>(kMaxLine, line_end_ - offset));
      GAFFER_TRY(const LogReader::Piece piece, log_.read(offset, line_));
      text = std::string_view(line_).substr(0, piece.size);
    }
    return matcher_->matches(text.substr(0, text.find('\n')));
  }

  LogReader& log_;
  std::uint64_t line_end_;
  std::size_t left_;
  const Matcher* matcher_;
  std::string block_;
  std::uint64_t block_from_ = 0;
  std::string line_;  // One that goes over the end of the block.
};

}  // namespace

Result<std::uint64_t> offset_of_last_lines(LogReader& log, std::uint64_t end, std::size_t count,
                                           const Matcher* matcher) {
  return LinesBackwards(log, end, count, matcher).run();
}

Result<std::uint64_t> begin_of_line(LogReader& log, std::uint64_t offset) {
  char before = 0;
  if (offset == 0) return offset;
  GAFFER_TRY(const LogReader::Piece piece, log.read(offset - 1, {&before, 1}));
  if (piece.offset != offset - 1 || before == '\n') return offset;
  return offset_of_last_lines(log, offset, 1);
}

}  // namespace gaffer::stream
