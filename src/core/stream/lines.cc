#include "core/stream/lines.h"

#include <algorithm>
#include <array>
#include <utility>

namespace gaffer::stream {
namespace {

constexpr std::size_t kMaxLine = std::size_t{64} << 10;

}  // namespace

std::uint64_t LineReader::skip_gap(Output& output) {
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
  const std::uint64_t begin = output.begin();
  std::array<char, 16384> block{};
  std::uint64_t at = output.end();
  std::size_t newlines = 0;
  while (at > begin) {
    const std::uint64_t from = at - std::min<std::uint64_t>(block.size(), at - begin);
    GAFFER_TRY(const std::size_t got, output.read(from, std::span(block).first(at - from)));
    for (std::size_t i = got; i-- > 0;) {
      // The newline at the very end closes the last line, the one before it begins it.
      const bool is_last_byte = from + i + 1 == output.end();
      if (block.at(i) == '\n' && !is_last_byte && ++newlines == count) return from + i + 1;
    }
    if (count == 0) return output.end();
    at = from;
  }
  return begin;
}

}  // namespace gaffer::stream
