#pragma once

/// \file
/// How JSON of others becomes values of ours. It pulls in the JSON library: for the .cc files of
/// this folder only.

#include <optional>
#include <string_view>

#include <nlohmann/json.hpp>

#include "core/config/value.h"
#include "gaffer/result.h"

namespace gaffer::wire {

constexpr std::size_t kMaxDocument = std::size_t{1} << 20;  ///< Bytes: 1 MiB.

/// An object of up to kMaxDocument bytes that is not deeper than 32.
/// ERRORS: InvalidArgument: `cannot read the template: …`, `template` being `what`.
Result<nlohmann::json> read_object(std::string_view what, std::string_view text);

/// Nothing where the value is none that a property can have, such as a list of lists.
std::optional<config::Value> value_from(const nlohmann::json& value);

}  // namespace gaffer::wire
