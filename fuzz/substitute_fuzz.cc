// Any text must come out of the substitution within its bounds or as an error, and any variables as
// an environment or as an error. The input is lines: NAME=value, others are texts.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/assert.h"
#include "base/strings.h"
#include "core/config/substitute.h"

namespace gaffer::config {
namespace {

/// Every dollar sign doubled.
std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : text) {
    result += c == '$' ? "$$" : std::string(1, c);
  }
  return result;
}

void check_text(std::string_view text, const Lookup& lookup) {
  const auto result = substitute(text, lookup);
  if (result) {
    GAFFER_ASSERT(result->size() <= kMaxSubstituted, "a result has a bound");
    GAFFER_ASSERT(text.find('$') != std::string_view::npos || *result == text,
                  "without a dollar sign nothing changes");
  } else {
    GAFFER_ASSERT(!result.error().message.empty(), "an error says what is wrong");
  }
  GAFFER_ASSERT(substitute(escaped(text), lookup).value_or("") == text,
                "doubled dollar signs are single ones");
}

void check_environment(const EnvironmentLayers& layers) {
  const auto all = final_environment(layers);
  if (!all) {
    GAFFER_ASSERT(all.error().message.starts_with("env"), "an error names the variable");
    return;
  }
  GAFFER_ASSERT(all->size() == layers.env.size() + layers.fixed.size(), "no variable is lost");
  for (const auto& [name, value] : layers.fixed) {
    GAFFER_ASSERT(all->at(name) == value, "what is fixed wins");
  }
}

}  // namespace
}  // namespace gaffer::config

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace gaffer::config;
  const std::string input(data, data + size);
  const std::vector<std::string> base = {"HOME=/root", "PATH=/bin", "EMPTY=", "DOLLAR=$"};
  EnvironmentLayers layers{.base = &base, .fixed = {{"PORT", "5000"}}};
  for (const std::string_view line : gaffer::split(input, '\n')) {
    check_text(line, lookup_in(layers.fixed, &base));
    const auto equals = line.find('=');
    const std::string_view name = line.substr(0, equals);
    if (equals == std::string_view::npos || name == "PORT") continue;
    layers.env.emplace(name, line.substr(equals + 1));
  }
  check_environment(layers);
  return 0;
}
