#pragma once

/// \file
/// Every property of a template, in one table: ini files, the API and the manual know nothing that
/// does not stand here.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/config/value.h"
#include "gaffer/process_template.h"
#include "gaffer/result.h"

namespace gaffer::config {

/// What a change of a property needs to take effect.
enum class Effect : std::uint8_t {
  Live,      ///< Nothing: the processes that run stay as they are.
  Relaunch,  ///< New processes.
};

/// A property of ProcessTemplate. Values are as JSON has them: numbers, truth values, lists and
/// objects; each is read from a text as well, which is how an ini file spells it.
struct Property {
  std::string_view name;     ///< The key: `numprocesses`.
  std::string_view form;     ///< The end of "it must be …", of a text.
  std::string_view summary;  ///< What it does, for the manual.
  Effect effect = Effect::Relaunch;

  /// \name Of the table; `set` and `get` are for everybody.
  /// @{
  Result<void> (*read)(ProcessTemplate& wanted, const Value& value) = nullptr;
  std::optional<Value> (*write)(const ProcessTemplate& wanted) = nullptr;
  /// @}

  /// Puts a value into the template, or says what is wrong and what would be right: `port is "x":
  /// it must be a whole number from 1 to 65535`; the template is unchanged then. Whether a number
  /// is in its range is mostly for `validate` to say.
  std::optional<std::string> set(ProcessTemplate& wanted, const Value& value) const;

  /// The value in its JSON form, which `set` reads back: times in seconds, signals as `TERM`, the
  /// umask as `022`. Nothing when it is that of a template of which nothing was said.
  [[nodiscard]] std::optional<Value> get(const ProcessTemplate& wanted) const;

  /// The sentence for a value that cannot be read. `value` is how it is shown, `why` may be empty.
  [[nodiscard]] std::string complaint(std::string_view value, std::string_view why) const;
};

/// All of them, in the order of the manual.
std::span<const Property> properties();

/// The property of that name, or null.
const Property* find_property(std::string_view name);

/// `unknown key "prot" (did you mean port?)`.
std::string unknown_key(std::string_view name);

/// The names of the properties in which the templates differ.
std::vector<std::string_view> changed(const ProcessTemplate& before, const ProcessTemplate& after);

}  // namespace gaffer::config
