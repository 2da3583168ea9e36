#include "programs/top/cells.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <utility>

#include "base/utf8.h"

namespace gaffer::programs::top {
namespace {

constexpr std::string_view kReset = "\x1b[0m";

/// 0 of what is put upon the character before, 2 of what East Asia writes wide. The tables of
/// Unicode are longer: who is drawn in another width leaves his own line uneven, no other.
std::size_t width_of(std::uint32_t code) {
  using Range = std::pair<std::uint32_t, std::uint32_t>;
  constexpr std::array<Range, 4> kNone = {
      {{0x300, 0x36f}, {0x200b, 0x200d}, {0x20d0, 0x20ff}, {0xfe00, 0xfe0f}}};
  constexpr std::array<Range, 9> kWide = {{{0x1100, 0x115f},
                                           {0x2e80, 0xa4cf},
                                           {0xac00, 0xd7a3},
                                           {0xf900, 0xfaff},
                                           {0xfe30, 0xfe6f},
                                           {0xff00, 0xff60},
                                           {0xffe0, 0xffe6},
                                           {0x1f300, 0x1faff},
                                           {0x20000, 0x3fffd}}};
  const auto holds = [code](const Range& range) {
    return code >= range.first && code <= range.second;
  };
  if (std::ranges::any_of(kNone, holds)) return 0;
  return std::ranges::any_of(kWide, holds) ? 2 : 1;
}

/// One character, or a colour.
struct Piece {
  std::string_view text;
  std::size_t columns = 0;
  bool is_colour = false;
};

Piece first_piece(std::string_view text) {
  if (text[0] == '\x1b') {
    const auto end = std::min(text.find('m'), text.size() - 1);
    return {text.substr(0, end + 1), 0, true};
  }
  const auto character = first_character(text);
  if (!character) return {text.substr(0, 1), 1};
  return {text.substr(0, character->bytes), width_of(character->code)};
}

/// Fills line after line.
class Lines {
 public:
  Lines(std::size_t columns, Colours colours) : columns_(columns), colours_(colours) {}

  void add_colour(std::string_view colour) {
    if (colours_ == Colours::Dropped) return;
    lines_.back() += colour;
    const bool is_end = colour == "\x1b[m" || colour == kReset;
    if (is_end) colour_.clear();
    if (!is_end) colour_ += colour;
  }
  void add(std::string_view character, std::size_t columns) {
    if (used_ + columns > columns_ && used_ > 0) begin_line();
    lines_.back() += character;
    used_ += columns;
  }
  void add_tab() {
    constexpr std::size_t kStop = 8;
    for (std::size_t blanks = kStop - used_ % kStop; blanks > 0 && used_ < columns_; --blanks)
      add(" ", 1);
  }
  [[nodiscard]] std::size_t count() const { return lines_.size(); }
  std::vector<std::string> take() {
    end_line();
    return std::move(lines_);
  }

 private:
  void begin_line() {
    end_line();
    lines_.push_back(colour_);
    used_ = 0;
  }
  void end_line() {
    if (lines_.back().find('\x1b') != std::string::npos) lines_.back() += kReset;
  }

  const std::size_t columns_;
  const Colours colours_;
  std::vector<std::string> lines_{""};
  std::string colour_;  // What holds at the end of the last line.
  std::size_t used_ = 0;
};

}  // namespace

std::vector<std::string> wrapped(std::string_view text, std::size_t columns, Colours colours,
                                 std::size_t most) {
  Lines lines(columns, colours);
  while (!text.empty() && lines.count() <= most) {
    const Piece piece = first_piece(text);
    if (piece.is_colour) {
      lines.add_colour(piece.text);
    } else if (piece.text == "\t") {
      lines.add_tab();
    } else {
      lines.add(piece.text, piece.columns);
    }
    text.remove_prefix(piece.text.size());
  }
  std::vector<std::string> result = lines.take();
  result.resize(std::min(result.size(), most));
  return result;
}

std::string cell(std::string_view text, std::size_t columns, Side side) {
  std::string shown = columns == 0 ? "" : wrapped(text, columns, Colours::Dropped, 1).front();
  const std::string blanks(columns - std::min(columns, columns_of(shown)), ' ');
  return side == Side::Left ? shown + blanks : blanks + shown;
}

std::size_t columns_of(std::string_view text) {
  std::size_t columns = 0;
  while (!text.empty()) {
    const Piece piece = first_piece(text);
    columns += piece.columns;
    text.remove_prefix(piece.text.size());
  }
  return columns;
}

}  // namespace gaffer::programs::top
