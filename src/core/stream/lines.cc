#include "core/stream/lines.h"

#include <algorithm>
#include <utility>

namespace gaffer::stream {
namespace {

constexpr std::size_t kMaxLine = std::size_t{64} << 10;

}  // namespace

std::uint64_t LineReader::skip_gap(Output& output) {
  if (offset_ > output.end())
    offset_ = output.begin();  // Another output in the place of the first.
  const std::uint64_t gap = output.begin() - std::min(offset_, output.begin());
  offset_ += gap;
  return gap;
}

Result<void> LineReader::read(Output& output, const std::function<bool(const Line&)>& on_line) {
  std::uint64_t gap = skip_gap(output);
  buffer_.resize(kMaxLine);
  while (offset_ < output.end()) {
    GAFFER_TRY(const std::size_t got, output.read(offset_, buffer_));
    std::string_view rest = std::string_view(buffer_).substr(0, got);
    while (!rest.empty()) {
      const auto newline = rest.find('\n');
      const bool is_whole = newline != std::string_view::npos;
      if (!is_whole && rest.size() < kMaxLine) break;
      const std::string_view text = rest.substr(0, newline);
      rest.remove_prefix(text.size() + (is_whole ? 1 : 0));
      offset_ += text.size() + (is_whole ? 1 : 0);
      if (!on_line({text, is_whole, std::exchange(gap, 0)})) return {};
    }
    if (rest.size() == got) break;  // Nothing whole in it: wait for more.
  }
  buffer_ = {};  // An idle reader holds none.
  return {};
}

Result<void> LineReader::read_rest(Output& output,
                                   const std::function<bool(const Line&)>& on_line) {
  const std::uint64_t gap = skip_gap(output);
  if (offset_ == output.end()) return {};
  buffer_.resize(kMaxLine);
  GAFFER_TRY(const std::size_t got, output.read(offset_, buffer_));
  offset_ += got;
  on_line({std::string_view(buffer_).substr(0, got), false, gap});
  return {};
}

Result<std::uint64_t> offset_of_last_lines(Output& output, std::size_t count) {
  const std::uint64_t end = output.end();
  if (count == 0) return end;
  std::string block(kMaxLine, '\0');
  std::uint64_t at = end;
  while (at > output.begin()) {
    const std::uint64_t from = at - std::min<std::uint64_t>(block.size(), at - output.begin());
    GAFFER_TRY(const std::size_t got, output.read(from, std::span(block).first(at - from)));
    std::string_view rest = std::string_view(block).substr(0, got);
    for (auto newline = rest.rfind('\n'); newline != std::string_view::npos;
         newline = rest.rfind('\n')) {
      // The newline at the very end closes the last line, the one before it begins it.
      if (from + newline + 1 != end && --count == 0) return from + newline + 1;
      rest = rest.substr(0, newline);
    }
    at = from;
  }
  return output.begin();
}

}  // namespace gaffer::stream
