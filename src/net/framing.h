#pragma once

#include <cstddef>
#include <string_view>

/// \file
/// Where the next element of an HTTP message ends. Private to the parsers, which hand Beast nothing
/// but whole elements: its verdict then cannot depend on how the bytes happened to arrive, and its
/// 1.81 asserts when the last chunk comes in pieces.

namespace gaffer::net {

struct Extent {
  enum class Kind { Incomplete, Whole, Malformed };
  Kind kind = Kind::Incomplete;
  std::size_t size = 0;  ///< Of a whole one, with its line ends.
};

/// A head or a trailer, up to and with the blank line. A bare CR, a bare LF and a folded line are
/// malformed. Bytes before `scanned` have been looked at in an earlier call.
Extent head_extent(std::string_view bytes, std::size_t scanned);

/// What stands before a chunk's data: the line end of the chunk before, unless `is_first`, and the
/// line with the size; of the last chunk also the trailer.
Extent chunk_head_extent(std::string_view bytes, bool is_first);

}  // namespace gaffer::net
