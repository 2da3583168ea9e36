#pragma once

/// \file
/// A template as a document of the API, on the wire since version 1: an object with the properties
/// of core/config/properties.h.
///
///     {"name": "shop:web", "cmd": "./server", "args": ["--port", "$PORT"], "numprocesses": 2,
///      "graceful_timeout": 0.5, "env": {"LANG": "C"}, "rlimits": {"nofile": "1024:4096"}}

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/config/validate.h"
#include "gaffer/process_template.h"

namespace gaffer::wire {

constexpr std::size_t kMaxTemplateProblems = 100;  ///< Reading stops there.

/// Whether the values of `env` are told.
enum class Secrets : std::uint8_t {
  Hidden,  ///< Each is `"***"`. Such a document must not be read back as a template.
  Shown,
};

/// `name`, `cmd` and every property that is not at its default. Bytes that are no UTF-8 become
/// U+FFFD.
std::string template_document(const ProcessTemplate& process_template, Secrets secrets);

/// What a document came to: a valid template, or what is wrong with it.
struct TemplateReading {
  ProcessTemplate process_template;  ///< Means nothing if there are problems.

  /// One for each key or rule, the key with it; of the document as a whole without a key.
  std::vector<config::Problem> problems;
};

/// Reads a template document of up to 1 MiB. A null is the property's default. Where a `name` is
/// given the document may leave it out, and must not have another.
TemplateReading parse_template_document(std::string_view text, std::string_view name = "");

/// Reads several: `{"templates": [...]}` as `gaffer export json` writes it, or one
/// document. What is wrong with the whole is the problem of a reading without a name.
std::vector<TemplateReading> parse_templates_document(std::string_view text);

}  // namespace gaffer::wire
