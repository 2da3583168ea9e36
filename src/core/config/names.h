#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace gaffer::config {

constexpr std::size_t kMaxNameLength = 64;  ///< Of a name, of a group and of a label.

/// The group in a template's name: `shop` of `shop:web`, nothing of `web`. A part of `name`.
std::string_view group_of(std::string_view name);

/// What is wrong with the name of a template and what would be right; nothing if it may be used.
std::optional<std::string> wrong_with_name(std::string_view name);

/// The same of a label in the property `of`: that of a stream, which is also the name of a file.
std::optional<std::string> wrong_with_label(std::string_view of, std::string_view label);

}  // namespace gaffer::config
