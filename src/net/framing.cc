#include "net/framing.h"

namespace gaffer::net {
namespace {

using Kind = Extent::Kind;
constexpr std::string_view kLineEnd = "\r\n";

enum class Until { LineEnd, BlankLine };

bool is_folded(std::string_view bytes, std::size_t at) {
  return at > 0 && bytes[at - 1] == '\n' && (bytes[at] == ' ' || bytes[at] == '\t');
}

Extent scan(std::string_view bytes, std::size_t scanned, Until until) {
  for (std::size_t i = scanned; i < bytes.size(); ++i) {
    const bool after_cr = i > 0 && bytes[i - 1] == '\r';
    if ((bytes[i] == '\n') != after_cr || is_folded(bytes, i)) return {Kind::Malformed};
    if (bytes[i] != '\n') continue;
    if (until == Until::LineEnd || bytes.substr(0, i + 1).ends_with("\r\n\r\n")) {
      return {Kind::Whole, i + 1};
    }
  }
  return {};
}

// Zeros only. Decides about framing alone: whether the digits make sense is for the parser to say.
bool is_last_chunk(std::string_view line) {
  const std::size_t end = line.find_first_not_of('0');
  return end != std::string_view::npos && end > 0 &&
         std::string_view("0123456789abcdefABCDEF").find(line[end]) == std::string_view::npos;
}

}  // namespace

Extent head_extent(std::string_view bytes, std::size_t scanned) {
  return scan(bytes, scanned, Until::BlankLine);
}

Extent chunk_head_extent(std::string_view bytes, bool is_first) {
  const std::string_view before = is_first ? std::string_view() : kLineEnd;
  if (!bytes.starts_with(before.substr(0, bytes.size()))) return {Kind::Malformed};
  if (bytes.size() < before.size()) return {};
  const std::string_view line = bytes.substr(before.size());
  Extent extent = scan(line, 0, is_last_chunk(line) ? Until::BlankLine : Until::LineEnd);
  extent.size += before.size();
  return extent;
}

}  // namespace gaffer::net
