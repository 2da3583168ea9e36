#include <algorithm>
#include <iterator>
#include <string>

#include <nlohmann/json.hpp>

#include "core/config/properties.h"
#include "wire/api.h"

namespace gaffer::wire {
namespace {

using nlohmann::json;

json described(std::string_view type, std::string_view about) {
  return {{"type", type}, {"description", about}};
}

json or_null(std::string_view type, std::string_view about = "") {
  return {{"type", {type, "null"}}, {"description", about}};
}

json schema_of(Parameter::Kind kind) {
  switch (kind) {
    case Parameter::Kind::Text:
      return {{"type", "string"}};
    case Parameter::Kind::Flag:
      return {{"type", "boolean"}};
    case Parameter::Kind::Count:
      return {{"type", "integer"}, {"minimum", 0}};
    case Parameter::Kind::Seconds:
      return {{"type", "number"}, {"minimum", 0}, {"maximum", 86400}};
    case Parameter::Kind::List:
      return {{"type", "array"}, {"items", {{"type", "string"}}}};
    case Parameter::Kind::Map:
      return {{"type", "object"}, {"additionalProperties", {{"type", "string"}}}};
  }
  return json::object();
}

json reference(std::string_view schema) {
  return {{"$ref", "#/components/schemas/" + std::string(schema)}};
}

json error_schema() {
  return {{"type", "object"},
          {"required", {"error", "reason"}},
          {"properties",
           {{"error", described("string", "For programs: not_found, bad_value, conflict …")},
            {"reason", described("string", "For people: one sentence")}}}};
}

json process_schema() {
  return {{"type", "object"},
          {"properties",
           {{"pid", described("integer", "gaffer's own, never reused; 0 before the first start")},
            {"os_pid", or_null("integer", "The kernel's, while something runs")},
            {"name", described("string", "Of the template")},
            {"slot", described("integer", "1 … numprocesses; 0 of a one-off run")},
            {"state",
             {{"enum",
               {"stopped", "starting", "running", "waiting", "stopping", "restarting", "reloading",
                "failed"}}}},
            {"since", described("number", "Seconds in this state")},
            {"wanted", described("boolean", "It is to run")},
            {"held", described("boolean", "Its template waits as a whole: flapping")},
            {"reason", described("string", "Why it is in this state")},
            {"restarts", described("integer", "")},
            {"early_exits", described("integer", "Ends in a row that came too soon")},
            {"early_since", described("number", "Seconds since the first of them")},
            {"uptime", or_null("number", "Seconds")},
            {"next_start", or_null("number", "Seconds from now")},
            {"last_exit", {{"type", {"object", "null"}}}}}}};
}

json status_schemas() {
  const json of_template = {
      {"type", "object"},
      {"properties",
       {{"name", {{"type", "string"}}},
        {"cmd", {{"type", "string"}}},
        {"numprocesses", {{"type", "integer"}}},
        {"wanted", described("boolean", "Started, and not stopped since")},
        {"running", described("integer", "How many processes run")},
        {"processes", {{"type", "array"}, {"items", reference("Process")}}}}}};
  const json status = {
      {"type", "object"},
      {"required", {"ok", "templates"}},
      {"properties",
       {{"ok", {{"const", true}}},
        {"active", described("boolean", "Of a single template: `wanted`")},
        {"running", described("integer", "Of a single template")},
        {"max_processes", described("integer", "Of a single template: `numprocesses`")},
        {"numprocesses", described("integer", "Of a single template")},
        {"templates", {{"type", "array"}, {"items", reference("TemplateStatus")}}}}}};
  return {{"TemplateStatus", of_template}, {"Status", status}, {"Process", process_schema()}};
}

json template_schema() {
  json properties = {{"name", described("string", "Its name; a group stands before a colon")},
                     {"cmd", described("string", "The program, and arguments")}};
  for (const config::Property& property : config::properties()) {
    properties[std::string(property.name)] = {
        {"description",
         std::string(property.summary) + ". As a text: " + std::string(property.form)}};
  }
  return {{"type", "object"},
          {"required", {"name", "cmd"}},
          {"properties", std::move(properties)},
          {"additionalProperties", false}};
}

json components() {
  json schemas = status_schemas();
  schemas["Error"] = error_schema();
  schemas["Template"] = template_schema();
  return {{"schemas", std::move(schemas)},
          {"securitySchemes",
           {{"token",
             {{"type", "http"},
              {"scheme", "bearer"},
              {"description", "Over TCP always; over a unix socket the user is the proof"}}}}}};
}

json written(const Parameter& parameter, std::string_view place) {
  return {{"name", parameter.name},
          {"in", place},
          {"required", place == "path"},
          {"description", parameter.about},
          {"schema", schema_of(parameter.kind)}};
}

json parameters_of(const Route& route) {
  json all = json::array();
  for (const Parameter& parameter : path_parameters()) {
    if (route.path.find("{" + std::string(parameter.name) + "}") != std::string_view::npos)
      all.push_back(written(parameter, "path"));
  }
  for (const Parameter& parameter : route.query)
    all.push_back(written(parameter, "query"));
  return all;
}

json body_of(const Route& route) {
  if (route.body == Body::Bytes) {
    return {{"required", true},
            {"content", {{"application/octet-stream", {{"schema", json::object()}}}}}};
  }
  json schema = reference("Template");
  if (route.body == Body::Object) {
    json properties = json::object();
    for (const Parameter& field : route.fields) {
      properties[std::string(field.name)] = schema_of(field.kind);
      properties[std::string(field.name)]["description"] = field.about;
    }
    schema = {
        {"type", "object"}, {"properties", std::move(properties)}, {"additionalProperties", false}};
  }
  return {{"required", route.body == Body::Template},
          {"content", {{"application/json", {{"schema", std::move(schema)}}}}}};
}

json answer_of(std::string_view about, std::string_view type, json schema) {
  return {{"description", about},
          {"content", {{std::string(type), {{"schema", std::move(schema)}}}}}};
}

json answers_of(const Route& route) {
  json answers = {{"400", answer_of("A parameter, a field or a value that is none",
                                    "application/json", reference("Error"))},
                  {"401", answer_of("No token, or one that is not known", "application/json",
                                    reference("Error"))},
                  {"403", answer_of("Not with this token, host or origin", "application/json",
                                    reference("Error"))}};
  if (route.method != "GET") {
    answers["415"] = answer_of("A body of another type", "application/json", reference("Error"));
  }
  for (const Answer& answer : route.answers) {
    json schema = json::object();
    if (!answer.schema.empty()) schema = reference(answer.schema);
    if (answer.status >= 400) schema = reference("Error");
    answers[std::to_string(answer.status)] =
        answer_of(answer.about, answer.type, std::move(schema));
  }
  return answers;
}

std::string operation_id(const Route& route) {
  std::string id;
  const std::string text = std::string(route.method) + std::string(route.path);
  for (const char c : text) {
    const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (is_letter) {
      id += static_cast<char>(c | 0x20);
    } else if (!id.empty() && id.back() != '_') {
      id += '_';
    }
  }
  while (id.ends_with('_'))
    id.pop_back();
  return id;
}

json operation_of(const Route& route) {
  json operation = {{"operationId", operation_id(route)},
                    {"summary", route.summary},
                    {"parameters", parameters_of(route)},
                    {"responses", answers_of(route)},
                    {"x-scope", scope_name(route.scope)}};
  if (route.body != Body::Nothing) operation["requestBody"] = body_of(route);
  return operation;
}

std::string lower(std::string_view method) {
  std::string name;
  std::ranges::transform(method, std::back_inserter(name),
                         [](char c) { return static_cast<char>(c | 0x20); });
  return name;
}

}  // namespace

std::string openapi_document(std::span<const Route* const> routes) {
  json paths = json::object();
  for (const Route* route : routes)
    paths[std::string(route->path)][lower(route->method)] = operation_of(*route);
  const json document = {{"openapi", "3.1.0"},
                         {"info", {{"title", "gaffer"}, {"version", GAFFER_VERSION}}},
                         {"security", json::array({json::object({{"token", json::array()}})})},
                         {"paths", std::move(paths)},
                         {"components", components()}};
  return document.dump();
}

}  // namespace gaffer::wire
