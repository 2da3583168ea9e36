#include "wire/templates.h"

#include <algorithm>
#include <optional>
#include <utility>

#include <nlohmann/json.hpp>

#include "core/config/properties.h"
#include "core/config/text.h"
#include "wire/json_values.h"

namespace gaffer::wire {
namespace {

using config::Property;
using nlohmann::json;

json to_json(const config::Scalar& scalar) {
  return std::visit([](const auto& value) { return json(value); }, scalar);
}

json to_json(const config::Value& value) {
  if (const auto* scalar = std::get_if<config::Scalar>(&value)) return to_json(*scalar);
  if (const auto* list = std::get_if<config::List>(&value)) {
    json array = json::array();
    for (const config::Scalar& scalar : *list)
      array.push_back(to_json(scalar));
    return array;
  }
  json object = json::object();
  for (const auto& [name, scalar] : std::get<config::Map>(value))
    object.emplace(name, to_json(scalar));
  return object;
}

std::optional<std::string> set(ProcessTemplate& wanted, const std::string& key,
                               const json& document) {
  const Property* property = config::find_property(key);
  if (property == nullptr) return config::unknown_key(key);
  if (document.is_null()) return std::nullopt;
  const auto value = value_from(document);
  if (value) return property->set(wanted, *value);
  return property->complaint("a value of another kind", "");
}

TemplateReading reading_of(const json& document, std::string_view name) {
  TemplateReading reading;
  reading.process_template.name = name;
  auto& problems = reading.problems;
  for (const auto& [key, value] : document.items()) {
    if (problems.size() == kMaxTemplateProblems) return reading;
    if (auto wrong = set(reading.process_template, key, value)) problems.push_back({key, *wrong});
  }
  if (!name.empty() && reading.process_template.name != name) {
    problems.push_back({"name", "the document is about " +
                                    config::in_quotes(reading.process_template.name) +
                                    ", not about " + config::in_quotes(name)});
  }
  // A value that could not be read is not judged as well.
  std::vector<config::Problem> broken = config::validate(reading.process_template);
  std::erase_if(broken, [&problems](const config::Problem& rule) {
    return std::any_of(problems.begin(), problems.end(),
                       [&rule](const config::Problem& known) { return known.key == rule.key; });
  });
  problems.insert(problems.end(), broken.begin(), broken.end());
  return reading;
}

}  // namespace

std::string template_document(const ProcessTemplate& process_template, Secrets secrets) {
  ProcessTemplate shown = process_template;
  if (secrets == Secrets::Hidden) {
    for (auto& [name, value] : shown.env)
      value = "***";
  }
  json document = {{"name", shown.name}, {"cmd", shown.cmd}};
  for (const Property& property : config::properties()) {
    if (const auto value = property.get(shown))
      document[std::string(property.name)] = to_json(*value);
  }
  return document.dump(-1, ' ', false, json::error_handler_t::replace);
}

TemplateReading parse_template_document(std::string_view text, std::string_view name) {
  const auto document = read_object("template", text);
  if (!document) return {{}, {{"", document.error().message}}};
  return reading_of(*document, name);
}

std::vector<TemplateReading> parse_templates_document(std::string_view text) {
  const auto document = read_object("templates", text);
  if (!document) return {{{}, {{"", document.error().message}}}};
  const auto list = document->find("templates");
  if (list == document->end()) return {reading_of(*document, "")};
  if (!list->is_array()) return {{{}, {{"templates", "templates must be a list"}}}};
  std::vector<TemplateReading> readings;
  for (const json& one : *list) {
    if (one.is_object()) {
      readings.push_back(reading_of(one, ""));
    } else {
      readings.push_back({{}, {{"templates", "a template must be an object"}}});
    }
  }
  return readings;
}

}  // namespace gaffer::wire
