#include "core/config/reference.h"

#include "core/config/properties.h"

namespace gaffer::config {
namespace {

std::string joined(const std::string& left, const std::string& right) {
  return left.empty() ? right : left + ", " + right;
}

/// The value as an ini file would have it.
std::string ini_text(const Value& value) {
  if (const auto* boolean = std::get_if<Scalar>(&value);
      boolean != nullptr && std::holds_alternative<bool>(*boolean)) {
    return std::get<bool>(*boolean) ? "yes" : "no";
  }
  if (const auto text = text_of(value)) return *text;
  std::string all;
  if (const auto* list = std::get_if<List>(&value)) {
    for (const Scalar& scalar : *list)
      all = joined(all, text_of(scalar));
    return all;
  }
  for (const auto& [name, scalar] : std::get<Map>(value))
    all = joined(all, std::string(name).append("=").append(text_of(scalar)));
  return all;
}

std::string default_of(const Property& property) {
  const auto value = property.write(ProcessTemplate{});
  const std::string text = value ? ini_text(*value) : std::string();
  return text.empty() ? text : "`" + text + "`";
}

}  // namespace

std::string template_reference() {
  std::string table =
      "| key | it must be | default | what it does | a change needs new processes |\n"
      "|---|---|---|---|---|\n";
  for (const Property& property : properties()) {
    table.append("| `").append(property.name).append("` | ").append(property.form);
    table.append(" | ").append(default_of(property)).append(" | ").append(property.summary);
    table.append(property.effect == Effect::Live ? " | no |\n" : " | yes |\n");
  }
  return table;
}

}  // namespace gaffer::config
