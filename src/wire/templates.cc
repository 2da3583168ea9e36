#include "wire/templates.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

#include <nlohmann/json.hpp>

#include "core/config/properties.h"
#include "core/config/text.h"

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

std::optional<config::Scalar> scalar_from(const json& value) {
  if (value.is_boolean()) return value.get<bool>();
  if (value.is_string()) return value.get<std::string>();
  if (value.is_number_float()) return value.get<double>();
  const bool fits = value.is_number_integer() &&
                    (!value.is_number_unsigned() ||
                     value.get<std::uint64_t>() <= std::numeric_limits<std::int64_t>::max());
  return fits ? std::optional<config::Scalar>(value.get<std::int64_t>()) : std::nullopt;
}

/// Nothing where the value is none that a property can have, such as a list of lists.
std::optional<config::Value> value_from(const json& value) {
  if (value.is_array()) {
    config::List list;
    for (const json& one : value) {
      auto scalar = scalar_from(one);
      if (!scalar) return std::nullopt;
      list.push_back(*std::move(scalar));
    }
    return list;
  }
  if (value.is_object()) {
    config::Map map;
    for (const auto& [name, one] : value.items()) {
      auto scalar = scalar_from(one);
      if (!scalar) return std::nullopt;
      map.emplace(name, *std::move(scalar));
    }
    return map;
  }
  return scalar_from(value);
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

/// The document, or what is wrong with it as a whole.
Result<json> read_object(std::string_view text) {
  constexpr int kDeepest = 32;
  const auto refuse = [](std::string reason) {
    return Error{Errc::InvalidArgument, 0, "cannot read the template: " + std::move(reason)};
  };
  if (text.size() > kMaxTemplateDocument) return refuse("it is longer than 1 MiB");
  bool is_too_deep = false;
  json document;
  try {
    document = json::parse(text, [&is_too_deep](int around, json::parse_event_t event, json&) {
      using Event = json::parse_event_t;
      const bool opens = event == Event::array_start || event == Event::object_start;
      is_too_deep = is_too_deep || (opens && around >= kDeepest);
      return !is_too_deep;  // What is too deep is not kept.
    });
  } catch (const json::exception& failure) {  // The one place that catches the library's.
    return refuse(failure.what());
  }
  if (is_too_deep) return refuse("it has more than 32 lists and objects in one another");
  if (!document.is_object()) return refuse("it must be an object with the keys of a template");
  return document;
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

TemplateReading parse_template_document(std::string_view text) {
  TemplateReading reading;
  auto& problems = reading.problems;
  const auto document = read_object(text);
  if (!document) return {{}, {{"", document.error().message}}};
  for (const auto& [key, value] : document->items()) {
    if (problems.size() == kMaxTemplateProblems) return reading;
    if (auto wrong = set(reading.process_template, key, value)) problems.push_back({key, *wrong});
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

}  // namespace gaffer::wire
