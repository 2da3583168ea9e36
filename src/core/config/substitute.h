#pragma once

/// \file
/// `$NAME` in the texts of a template. Pure: where the variables come from is for the caller to say.

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gaffer/result.h"

namespace gaffer::config {

constexpr std::size_t kMaxSubstituted = std::size_t{1} << 20;  ///< Bytes of a result: 1 MiB.

using Variables = std::map<std::string, std::string>;

/// Where variables come from.
struct Lookup {
  /// The value of a variable, or nothing if there is none by that name. The text must live until
  /// the next call.
  std::function<Result<std::optional<std::string_view>>(std::string_view name)> value;

  /// Names to guess from; asked only when a variable is unknown.
  std::function<std::vector<std::string_view>()> names;
};

/// Puts the values of variables into a text:
/// - `$NAME` and `${NAME}`: the value, which may be empty; an unknown variable is an error.
/// - `${NAME:-otherwise}`: if it is unknown or empty `otherwise`, which may have variables again.
/// - `$$`: a dollar sign.
///
/// A `$` before anything else stands for itself. Values are taken as they are.
/// ERRORS: InvalidArgument: `unknown variable $HOM (did you mean $HOME?)`, a brace that is not
/// closed, more than 8 in one another; LimitReached: more than kMaxSubstituted.
/// Whatever `variable.value` says.
Result<std::string> substitute(std::string_view text, const Lookup& variable);

/// The layers of a process's environment, each over the one before.
struct EnvironmentLayers {
  /// `NAME=value` entries of the manager's environment; null where the process has none of them.
  const std::vector<std::string>* base = nullptr;

  Variables file;   ///< Those of `env_file`, taken as they are.
  Variables env;    ///< Those of the template, with `$NAME`.
  Variables fixed;  ///< PORT, GAFFER_NAME …, taken as they are.
};

/// The variables above `base`. Values of `env` may refer to all layers and to each other in any
/// order; a variable that refers to its own name means the layer below: `PATH=/opt/bin:$PATH`.
/// Without a `$` in `env` no variable is looked for.
/// ERRORS: those of `substitute`, with the variable before them: `env PATH: unknown variable $X`;
/// InvalidArgument: `env: A refers to itself by way of B`; LimitReached: a chain of more than 50
/// variables, or values of more than kMaxSubstituted together.
Result<Variables> final_environment(EnvironmentLayers layers);

/// Looks in `own` and then in the entries of `base`, which may be null.
/// LIFETIME: both must outlive the result.
Lookup lookup_in(const Variables& own, const std::vector<std::string>* base);

}  // namespace gaffer::config
