#pragma once

/// \file
/// What a file or a client can give as the value of a property. An ini file has texts only; JSON
/// has them all.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace gaffer::config {

using Scalar = std::variant<bool, std::int64_t, double, std::string>;
using List = std::vector<Scalar>;
using Map = std::map<std::string, Scalar>;
using Value = std::variant<Scalar, List, Map>;

/// A scalar as an ini file would have it: `true`, `-3`, `0.5`, and a text as it is.
std::string text_of(const Scalar& scalar);

/// The same of a value; nothing of a list or a map.
std::optional<std::string> text_of(const Value& value);

/// The scalar where it is a text or a whole number; nothing for the others, which have more than
/// one spelling (1.0, 1.00).
std::optional<std::string> word_of(const Scalar& scalar);

/// The value as a message names it: `"two"`, `2.5`, `true`, `a list`, `an object`.
std::string shown(const Value& value);

}  // namespace gaffer::config
