#include "wire/api.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "base/strings.h"
#include "core/config/text.h"
#include "wire/json_values.h"

namespace gaffer::wire {
namespace {

constexpr std::array<std::pair<Scope, std::string_view>, 5> kScopes = {{{Scope::None, "none"},
                                                                        {Scope::Read, "read"},
                                                                        {Scope::Logs, "logs"},
                                                                        {Scope::Write, "write"},
                                                                        {Scope::Admin, "admin"}}};

constexpr double kMostSeconds = 86'400;

bool is_flag(std::string_view text) {
  return text == "true" || text == "false" || text == "1" || text == "0";
}

bool is_seconds(std::string_view text) {
  double seconds = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  return error == std::errc{} && end == text.data() + text.size() && seconds >= 0 &&
         seconds <= kMostSeconds;
}

/// Nothing where any text will do.
std::string_view right_form(Parameter::Kind kind, std::string_view value) {
  switch (kind) {
    case Parameter::Kind::Flag:
      return is_flag(value) ? "" : "true or false";
    case Parameter::Kind::Count:
      return parse_number<std::uint64_t>(value) ? "" : "a number";
    case Parameter::Kind::Seconds:
      return is_seconds(value) ? "" : "a number of seconds, at most 86400";
    default:
      return "";
  }
}

bool is_text(const config::Scalar& scalar) { return std::holds_alternative<std::string>(scalar); }

/// The end of "it must be …"; nothing where the value is of the kind.
std::string_view wanted_instead(Parameter::Kind kind, const config::Value& value) {
  const auto* scalar = std::get_if<config::Scalar>(&value);
  const auto* list = std::get_if<config::List>(&value);
  const auto* map = std::get_if<config::Map>(&value);
  switch (kind) {
    case Parameter::Kind::Text:
      return scalar != nullptr && is_text(*scalar) ? "" : "a text";
    case Parameter::Kind::List:
      return list != nullptr && std::ranges::all_of(*list, is_text) ? "" : "a list of texts";
    case Parameter::Kind::Map:
      return map != nullptr && std::ranges::all_of(
                                   *map, [](const auto& entry) { return is_text(entry.second); })
                 ? ""
                 : "an object whose values are texts";
    default:
      return scalar != nullptr ? right_form(kind, config::text_of(*scalar)) : "a single value";
  }
}

std::string names_of(std::span<const Parameter> known) {
  std::string names;
  for (const Parameter& parameter : known)
    names.append(names.empty() ? "" : ", ").append(parameter.name);
  return names;
}

}  // namespace

std::string_view scope_name(Scope scope) {
  return kScopes.at(static_cast<std::size_t>(scope)).second;
}

std::optional<Scope> scope_of(std::string_view name) {
  for (const auto& [scope, its_name] : kScopes) {
    if (its_name == name && scope != Scope::None) return scope;
  }
  return std::nullopt;
}

bool allows(const Scopes& granted, Scope needed) {
  if (needed == Scope::None || granted.contains(Scope::Admin)) return true;
  return granted.contains(needed) || (needed == Scope::Read && granted.contains(Scope::Write));
}

std::optional<std::string> wrong_with_value(const Parameter& parameter, std::string_view value) {
  const std::string_view right = right_form(parameter.kind, value);
  if (right.empty()) return std::nullopt;
  return "bad value " + config::in_quotes(value) + " of " + std::string(parameter.name) + ": use " +
         std::string(right);
}

std::optional<std::string> wrong_with_query(
    std::span<const Parameter> known,
    const std::vector<std::pair<std::string, std::string>>& query) {
  std::set<std::string_view> seen;
  for (const auto& [name, value] : query) {
    const auto parameter = std::ranges::find(known, name, &Parameter::name);
    if (parameter == known.end()) {
      const std::string unknown = "unknown parameter " + config::in_quotes(name);
      return known.empty() ? unknown + ": there is none here"
                           : unknown + ": use " + names_of(known);
    }
    if (!seen.insert(name).second && !parameter->may_repeat)
      return "parameter " + name + " stands there twice";
    if (auto wrong = wrong_with_value(*parameter, value)) return wrong;
  }
  return std::nullopt;
}

Result<Fields> read_fields(std::string_view text, std::span<const Parameter> known) {
  Fields fields;
  if (text.empty()) return fields;
  GAFFER_TRY(const auto document, read_object("request", text));
  const auto refuse = [](std::string reason) {
    return Error{Errc::InvalidArgument, 0, std::move(reason)};
  };
  for (const auto& [name, json] : document.items()) {
    const auto parameter = std::ranges::find(known, name, &Parameter::name);
    if (parameter == known.end())
      return refuse("unknown field " + config::in_quotes(name) + ": use " + names_of(known));
    if (json.is_null()) continue;
    auto value = value_from(json);
    const std::string_view instead =
        value ? wanted_instead(parameter->kind, *value) : "something simpler";
    if (!instead.empty())
      return refuse("bad value of " + name + ": it must be " + std::string(instead));
    fields.emplace(name, *std::move(value));
  }
  return fields;
}

std::span<const Parameter> path_parameters() {
  using Kind = Parameter::Kind;
  static const std::vector<Parameter> all = {
      {"target",
       "`web`: a template; `web.2`: the process in its slot 2; `7`: the process with "
       "this pid, gaffer's own; `shop:*`: all templates of a group; `*`: all"},
      {"name", "A template"},
      {"group", "What stands before the colon in the names of templates"},
      {"label", "The name of a stream: `output`, or one of redirect_output and custom_streams"},
      {"signal", "`HUP`, `SIGHUP` or `1`"},
      {"expression", "`3`, `=3`, `+1` or `-1`"},
      {"count", "How many", Kind::Count},
      {"token", "Its id or its name"},
      {"first", "A part of a topic"},
      {"second", "A part of a topic"},
      {"third", "A part of a topic"},
      {"endpoint", "Its name"},
  };
  return all;
}

}  // namespace gaffer::wire
