#include "core/config/parts.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "base/resource_names.h"
#include "base/shell_words.h"
#include "base/strings.h"
#include "core/config/text.h"
#include "core/config/text_forms.h"

namespace gaffer::config {
namespace {

using Parts = std::map<std::string, std::string>;

Error unreadable(std::string why = {}) { return {Errc::InvalidArgument, 0, std::move(why)}; }

Error twice(std::string_view name) { return unreadable(in_quotes(name) + " stands twice"); }

Result<Parts> parts_in(std::string_view text) {
  Parts parts;
  for (const std::string_view piece : split(text, ',')) {
    const auto equals = piece.find('=');
    if (equals == std::string_view::npos) {
      return unreadable(in_quotes(trim(piece)) + " is not name=value");
    }
    const std::string_view name = trim(piece.substr(0, equals));
    if (!parts.emplace(name, trim(piece.substr(equals + 1))).second) return twice(name);
  }
  return parts;
}

Result<Parts> parts_of(const Value& value) {
  if (const auto* map = std::get_if<Map>(&value)) {
    Parts parts;
    for (const auto& [name, scalar] : *map) {
      parts.emplace(name, text_of(scalar));
    }
    return parts;
  }
  const auto text = text_of(value);
  if (!text) return unreadable();
  return parts_in(*text);
}

template <typename T>
struct Part {
  std::string_view name;
  bool (*read)(T& whole, std::string_view text);
};

/// Reads a text into a member; false if it is no such value.
template <auto member, auto parse, typename T>
bool read_member(T& whole, std::string_view text) {
  const auto parsed = parse(text);
  if (parsed) whole.*member = *parsed;
  return parsed.has_value();
}

constexpr std::array<Part<Flapping>, 4> kFlappingParts = {
    {{"attempts", read_member<&Flapping::attempts, parse_number<int>>},
     {"window", read_member<&Flapping::window, parse_duration>},
     {"retry_in", read_member<&Flapping::retry_in, parse_duration>},
     {"max_retry", read_member<&Flapping::max_retry, parse_number<int>>}}};

constexpr std::array<Part<Backoff>, 4> kBackoffParts = {
    {{"base", read_member<&Backoff::base, parse_duration>},
     {"cap", read_member<&Backoff::cap, parse_duration>},
     {"jitter", read_member<&Backoff::jitter, parse_decimal>},
     {"min_uptime", read_member<&Backoff::min_uptime, parse_duration>}}};

constexpr std::array<Part<TerminalSize>, 2> kTerminalParts = {
    {{"rows", read_member<&TerminalSize::rows, parse_number<int>>},
     {"columns", read_member<&TerminalSize::columns, parse_number<int>>}}};

Error bad_part(std::string_view name, std::string_view text) {
  return unreadable(std::string(name) + " cannot be " + in_quotes(text));
}

template <typename T, std::size_t count>
Result<T> read_parts(const Parts& parts, const std::array<Part<T>, count>& known) {
  T whole;
  for (const auto& given : parts) {
    const std::string& name = given.first;  // clang 14 captures no structured binding.
    const auto* const part = std::find_if(known.begin(), known.end(),
                                          [&name](const auto& one) { return one.name == name; });
    if (part == known.end()) {
      std::array<std::string_view, count> names;
      std::transform(known.begin(), known.end(), names.begin(),
                     [](const auto& one) { return one.name; });
      return unreadable("it has no part " + in_quotes(name) + did_you_mean(name, names));
    }
    if (!part->read(whole, given.second)) return bad_part(name, given.second);
  }
  return whole;
}

/// The parts without their names, in the order of the table.
Result<Flapping> read_flapping_in_order(std::string_view text) {
  const auto pieces = split(text, ',');
  if (pieces.size() > kFlappingParts.size()) return unreadable("it has four parts");
  Flapping flapping;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    const std::string_view piece = trim(pieces[i]);
    if (!kFlappingParts[i].read(flapping, piece)) return bad_part(kFlappingParts[i].name, piece);
  }
  return flapping;
}

}  // namespace

Result<std::optional<Flapping>> read_flapping(const Value& value) {
  const auto text = text_of(value);
  const auto is_on = text ? parse_switch(*text) : std::nullopt;
  if (is_on) return *is_on ? std::optional(Flapping{}) : std::nullopt;
  if (text && text->find('=') == std::string::npos) return read_flapping_in_order(*text);
  GAFFER_TRY(const Parts parts, parts_of(value));
  return read_parts(parts, kFlappingParts);
}

Value write_flapping(const Flapping& flapping) {
  return Map{{"attempts", std::int64_t{flapping.attempts}},
             {"window", write_duration(flapping.window)},
             {"retry_in", write_duration(flapping.retry_in)},
             {"max_retry", std::int64_t{flapping.max_retry}}};
}

Result<Backoff> read_backoff(const Value& value) {
  if (text_of(value) == "0") return Backoff{.base = std::chrono::milliseconds(0)};
  GAFFER_TRY(const Parts parts, parts_of(value));
  return read_parts(parts, kBackoffParts);
}

Value write_backoff(const Backoff& backoff) {
  return Map{{"base", write_duration(backoff.base)},
             {"cap", write_duration(backoff.cap)},
             {"jitter", backoff.jitter},
             {"min_uptime", write_duration(backoff.min_uptime)}};
}

Result<std::map<std::string, ResourceLimit>> read_limits(const Value& value) {
  GAFFER_TRY(const Parts parts, parts_of(value));
  std::map<std::string, ResourceLimit> limits;
  for (const auto& [name, text] : parts) {
    if (std::find(kResourceNames.begin(), kResourceNames.end(), name) == kResourceNames.end()) {
      return unreadable("there is no limit " + in_quotes(name) +
                        did_you_mean(name, kResourceNames));
    }
    const auto limit = parse_limit(text);
    if (!limit) return bad_part(name, text);
    limits.emplace(name, *limit);
  }
  return limits;
}

Value write_limits(const std::map<std::string, ResourceLimit>& limits) {
  Map map;
  for (const auto& [name, limit] : limits) {
    const bool is_number = limit.soft && limit.soft == limit.hard;
    map.emplace(name, is_number ? Scalar(static_cast<std::int64_t>(*limit.soft))
                                : Scalar(limit_text(limit)));
  }
  return map;
}

Result<std::optional<TerminalSize>> read_terminal_size(const Value& value) {
  const auto text = text_of(value);
  if (!text) {
    GAFFER_TRY(const Parts parts, parts_of(value));
    return read_parts(parts, kTerminalParts);
  }
  if (const auto is_on = parse_switch(*text)) {
    return *is_on ? std::optional(TerminalSize{}) : std::nullopt;
  }
  const auto size = parse_terminal_size(*text);
  if (!size) return unreadable();
  return size;
}

Value write_terminal_size(const TerminalSize& size) {
  return Map{{"rows", std::int64_t{size.rows}}, {"columns", std::int64_t{size.columns}}};
}

Result<std::map<std::string, std::string>> read_variables(const Value& value) {
  std::map<std::string, std::string> variables;
  if (const auto* map = std::get_if<Map>(&value)) {
    for (const auto& [name, scalar] : *map) {
      const auto word = word_of(scalar);
      if (!word) return bad_part(name, text_of(scalar));
      variables.emplace(name, *word);
    }
    return variables;
  }
  const auto text = text_of(value);
  if (!text) return unreadable();
  GAFFER_TRY(const std::vector<std::string> words, split_shell_words(*text));
  for (const std::string& word : words) {
    const auto equals = word.find('=');
    if (equals == std::string::npos) return unreadable(in_quotes(word) + " has no =");
    const std::string name = word.substr(0, equals);
    if (!variables.emplace(name, word.substr(equals + 1)).second) return twice(name);
  }
  return variables;
}

Value write_variables(const std::map<std::string, std::string>& variables) {
  return Map(variables.begin(), variables.end());
}

Scalar write_duration(std::chrono::milliseconds duration) {
  const std::int64_t count = duration.count();
  if (count % 1000 == 0) return count / 1000;
  return static_cast<double>(count) / 1000;
}

}  // namespace gaffer::config
