#include "core/stream/truncation.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "os/files.h"
#include "os/log_file.h"

namespace gaffer::stream {
namespace {

constexpr std::uint64_t kBlock = 4096;

/// The end of what is not zero before `end`.
Result<std::uint64_t> end_of_content(int file, std::uint64_t end) {
  std::array<char, kBlock> block{};
  while (end > 0) {
    const std::uint64_t from = (end - 1) / kBlock * kBlock;
    GAFFER_TRY(const std::size_t got, os::read_at(file, from, std::span(block).first(end - from)));
    const std::string_view bytes(block.data(), got);
    const auto last = bytes.find_last_not_of('\0');
    if (last != std::string_view::npos) return from + last + 1;
    end = from;
  }
  return end;
}

}  // namespace

Result<std::uint64_t> mend_truncation(int file, std::uint64_t size, std::size_t moved) {
  GAFFER_TRY(const std::uint64_t hole, os::next_hole(file, 0));
  GAFFER_TRY(const std::uint64_t cut, end_of_content(file, std::min(hole, size)));
  std::string bytes(moved, '\0');
  GAFFER_TRY(const std::size_t got, os::read_at(file, size, bytes));
  GAFFER_TRY(os::write_at(file, cut, std::string_view(bytes).substr(0, got)));
  GAFFER_TRY(os::truncate(file, cut + got));
  return cut;
}

}  // namespace gaffer::stream
