#include "programs/gaffer/quantities.h"

#include <array>
#include <cstdio>

namespace gaffer::programs {
namespace {

std::string fixed(double number, int decimals) {
  std::array<char, 64> text{};
  (void)std::snprintf(text.data(), text.size(), "%.*f", decimals, number);
  return text.data();
}

}  // namespace

std::string bytes_text(std::uint64_t bytes) {
  constexpr std::uint64_t kUnit = 1024;
  constexpr std::string_view kUnits = "BKMGTPE";
  if (bytes == 0) return "0";
  if (bytes < kUnit) return std::to_string(bytes) + "B";
  auto value = static_cast<double>(bytes);
  std::size_t unit = 0;
  constexpr double kRoundsUp = 1023.5;
  for (; value >= kRoundsUp; ++unit)
    value /= kUnit;
  constexpr double kTen = 9.95;
  return fixed(value, value < kTen ? 1 : 0) + kUnits[unit];
}

std::string percent_text(double percent) {
  constexpr double kHundred = 99.95;
  return fixed(percent, percent < kHundred ? 1 : 0);
}

std::string utf8_prefix(std::string_view text, std::size_t columns) {
  std::size_t at = 0;
  for (std::size_t seen = 0; at < text.size(); ++at) {
    const bool begins = (static_cast<unsigned char>(text[at]) & 0xC0U) != 0x80U;
    if (begins && seen++ == columns) break;
  }
  return std::string(text.substr(0, at));
}

}  // namespace gaffer::programs
