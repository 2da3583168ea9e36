#pragma once

/// \file
/// The small values of a template as text. Every `parse_x` takes the whole text or gives nothing;
/// every `x_text` is what its `parse_x` reads back as the same value.

#include <chrono>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "gaffer/process_template.h"

namespace gaffer::config {

/// `yes`, `true`, `on` or `no`, `false`, `off`, in any case.
std::optional<bool> parse_switch(std::string_view text);

/// The same, and `1` or `0`.
std::optional<bool> parse_boolean(std::string_view text);

/// A finite number without exponent: `2`, `0.5`, `1.`, `.5`.
std::optional<double> parse_decimal(std::string_view text);

/// From 0 to kMaxTime, to the millisecond: `10`, `0.5` and `1.` are seconds; `100ms`, `30s`, `5m`,
/// `2h`, `1d`.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);

/// The same, up to kMaxAge.
std::optional<std::chrono::milliseconds> parse_age(std::string_view text);

/// A whole number up to kMaxSize, with a suffix K, M, G or T in either case for powers of 1024.
std::optional<std::uint64_t> parse_size(std::string_view text);

/// An octal number: `022`.
std::optional<unsigned> parse_octal(std::string_view text);
std::string octal_text(unsigned number);

/// Whole numbers and ranges of them with commas in between: `0-3, 5`. At most 4,096 in all.
std::optional<std::set<int>> parse_numbers(std::string_view text);

/// `always`, `on-failure`, `never`.
std::optional<Restart> parse_restart(std::string_view text);
std::string restart_text(Restart restart);

/// `wait`, `drop`.
std::optional<OnFull> parse_on_full(std::string_view text);
std::string on_full_text(OnFull on_full);

/// `zstd`, or as parse_boolean.
std::optional<bool> parse_compression(std::string_view text);

/// `idle`, `best-effort:4`, `realtime:0`; without a number it is 4.
std::optional<IoPriority> parse_io_priority(std::string_view text);
std::string io_priority_text(const IoPriority& priority);

/// `24x80`: rows, columns.
std::optional<TerminalSize> parse_terminal_size(std::string_view text);

/// `soft:hard`, or one for both; each a size or `unlimited`.
std::optional<ResourceLimit> parse_limit(std::string_view text);
std::string limit_text(const ResourceLimit& limit);

}  // namespace gaffer::config
