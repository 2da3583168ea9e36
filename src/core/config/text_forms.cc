#include "core/config/text_forms.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <utility>

#include "base/strings.h"
#include "core/config/validate.h"

namespace gaffer::config {
namespace {

using std::chrono::milliseconds;

constexpr std::string_view kUnlimited = "unlimited";

template <typename T>
using Word = std::pair<std::string_view, T>;

constexpr std::array<Word<Restart>, 3> kRestarts = {
    {{"always", Restart::Always}, {"on-failure", Restart::OnFailure}, {"never", Restart::Never}}};

constexpr std::array<Word<OnFull>, 2> kOnFull = {{{"wait", OnFull::Wait}, {"drop", OnFull::Drop}}};

constexpr std::array<Word<IoPriority::Class>, 3> kIoClasses = {
    {{"realtime", IoPriority::Class::Realtime},
     {"best-effort", IoPriority::Class::BestEffort},
     {"idle", IoPriority::Class::Idle}}};

template <typename T, std::size_t size>
std::optional<T> meaning_of(std::string_view text, const std::array<Word<T>, size>& words) {
  for (const auto& [word, meaning] : words) {
    if (text == word) return meaning;
  }
  return std::nullopt;
}

template <typename T, std::size_t size>
std::string word_for(T meaning, const std::array<Word<T>, size>& words) {
  for (const auto& [word, known] : words) {
    if (meaning == known) return std::string(word);
  }
  return {};
}

/// A number at the front of a text and what follows it.
std::optional<std::pair<double, std::string_view>> take_decimal(std::string_view text) {
  double number = 0;
  const char* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, number, std::chars_format::fixed);
  if (error != std::errc{} || !std::isfinite(number)) return std::nullopt;
  return std::pair(number, text.substr(static_cast<std::size_t>(stopped - text.data())));
}

std::optional<milliseconds> parse_time(std::string_view text, milliseconds most) {
  constexpr std::array<Word<double>, 6> kUnits = {
      {{"", 1e3}, {"ms", 1}, {"s", 1e3}, {"m", 60e3}, {"h", 3600e3}, {"d", 86400e3}}};
  const auto number = take_decimal(text);
  const auto unit = number ? meaning_of(number->second, kUnits) : std::nullopt;
  if (!unit) return std::nullopt;
  const double length = number->first * *unit;
  if (length < 0 || length > static_cast<double>(most.count())) return std::nullopt;
  return milliseconds(std::llround(length));
}

}  // namespace

std::optional<bool> parse_switch(std::string_view text) {
  std::string word(text);
  std::transform(word.begin(), word.end(), word.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (word == "yes" || word == "true" || word == "on") return true;
  if (word == "no" || word == "false" || word == "off") return false;
  return std::nullopt;
}

std::optional<bool> parse_boolean(std::string_view text) {
  if (text == "1") return true;
  if (text == "0") return false;
  return parse_switch(text);
}

std::optional<double> parse_decimal(std::string_view text) {
  const auto number = take_decimal(text);
  return number && number->second.empty() ? std::optional(number->first) : std::nullopt;
}

std::optional<milliseconds> parse_duration(std::string_view text) {
  return parse_time(text, kMaxTime);
}

std::optional<milliseconds> parse_age(std::string_view text) { return parse_time(text, kMaxAge); }

std::optional<std::uint64_t> parse_size(std::string_view text) {
  constexpr std::string_view kSuffixes = "KMGT";
  unsigned shift = 0;
  if (!text.empty()) {
    const auto last = static_cast<char>(std::toupper(static_cast<unsigned char>(text.back())));
    if (const auto power = kSuffixes.find(last); power != std::string_view::npos) {
      shift = 10 * static_cast<unsigned>(power + 1);
      text.remove_suffix(1);
    }
  }
  const auto number = parse_number<std::uint64_t>(text);
  if (!number || *number > kMaxSize >> shift) return std::nullopt;
  return *number << shift;
}

std::optional<unsigned> parse_octal(std::string_view text) {
  unsigned number = 0;
  const char* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, number, 8);
  return error == std::errc{} && stopped == end ? std::optional(number) : std::nullopt;
}

std::string octal_text(unsigned number) {
  std::array<char, 16> buffer;
  const char* const end =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), number, 8).ptr;
  const std::string digits(buffer.data(), static_cast<std::size_t>(end - buffer.data()));
  return std::string(digits.size() < 3 ? 3 - digits.size() : 0, '0') + digits;
}

std::optional<std::set<int>> parse_numbers(std::string_view text) {
  std::set<int> numbers;
  long left = 4096;  // A range is short to write and long to hold.
  for (const std::string_view piece : split(text, ',')) {
    const std::string_view range = trim(piece);
    // Not the sign of the first number.
    const auto dash = range.find('-', 1);
    const auto first = parse_number<int>(trim(range.substr(0, dash)));
    const auto last =
        dash == std::string_view::npos ? first : parse_number<int>(trim(range.substr(dash + 1)));
    if (!first || !last || *last < *first) return std::nullopt;
    left -= static_cast<long>(*last) - *first + 1;
    if (left < 0) return std::nullopt;
    for (int number = *first; number < *last; ++number) {
      numbers.insert(number);
    }
    numbers.insert(*last);
  }
  return numbers;
}

std::optional<Restart> parse_restart(std::string_view text) { return meaning_of(text, kRestarts); }

std::string restart_text(Restart restart) { return word_for(restart, kRestarts); }

std::optional<OnFull> parse_on_full(std::string_view text) { return meaning_of(text, kOnFull); }

std::string on_full_text(OnFull on_full) { return word_for(on_full, kOnFull); }

std::optional<bool> parse_compression(std::string_view text) {
  return text == "zstd" ? true : parse_boolean(text);
}

std::optional<IoPriority> parse_io_priority(std::string_view text) {
  const auto colon = text.find(':');
  const auto io_class = meaning_of(text.substr(0, colon), kIoClasses);
  if (!io_class) return std::nullopt;
  IoPriority priority{.io_class = *io_class};
  if (colon == std::string_view::npos) return priority;
  const auto level = parse_number<int>(text.substr(colon + 1));
  if (!level || *io_class == IoPriority::Class::Idle) return std::nullopt;
  priority.level = *level;
  return priority;
}

std::string io_priority_text(const IoPriority& priority) {
  const std::string word = word_for(priority.io_class, kIoClasses);
  return priority.io_class == IoPriority::Class::Idle ? word
                                                      : word + ":" + std::to_string(priority.level);
}

std::optional<TerminalSize> parse_terminal_size(std::string_view text) {
  const auto cross = text.find('x');
  if (cross == std::string_view::npos) return std::nullopt;
  const auto rows = parse_number<int>(text.substr(0, cross));
  const auto columns = parse_number<int>(text.substr(cross + 1));
  if (!rows || !columns) return std::nullopt;
  return TerminalSize{.rows = *rows, .columns = *columns};
}

std::optional<ResourceLimit> parse_limit(std::string_view text) {
  const auto take = [](std::string_view word, std::optional<std::uint64_t>& limit) {
    if (word == kUnlimited) return true;
    limit = parse_size(word);
    return limit.has_value();
  };
  const auto colon = text.find(':');
  ResourceLimit limit;
  if (!take(trim(text.substr(0, colon)), limit.soft)) return std::nullopt;
  if (colon == std::string_view::npos) {
    limit.hard = limit.soft;
  } else if (!take(trim(text.substr(colon + 1)), limit.hard)) {
    return std::nullopt;
  }
  return limit;
}

std::string limit_text(const ResourceLimit& limit) {
  const auto word = [](std::optional<std::uint64_t> one) {
    return one ? std::to_string(*one) : std::string(kUnlimited);
  };
  return limit.soft == limit.hard ? word(limit.soft) : word(limit.soft) + ":" + word(limit.hard);
}

}  // namespace gaffer::config
