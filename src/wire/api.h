#pragma once

/// \file
/// How the API describes itself: what a route is, said once, as a value. The server obeys it, and
/// its OpenAPI document is printed from it.

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/config/value.h"
#include "gaffer/result.h"

namespace gaffer::wire {

/// What a caller must be allowed to do. `Write` includes `Read`, `Admin` everything.
enum class Scope : std::uint8_t {
  None,   ///< For everybody who was let in.
  Read,   ///< Status, events and statistics.
  Logs,   ///< What processes write, which may be anything.
  Write,  ///< Starting, stopping, changing; writing to processes.
  Admin,  ///< Whatever lets one run programs of one's own, and tokens.
};
using Scopes = std::set<Scope>;

/// `read`, `logs`, `write`, `admin`.
std::string_view scope_name(Scope scope);
std::optional<Scope> scope_of(std::string_view name);

/// Whether somebody with `granted` may do what needs `needed`.
bool allows(const Scopes& granted, Scope needed);

struct Parameter {
  enum class Kind : std::uint8_t {
    Text,
    Flag,     ///< `true` or `false`, also `1` and `0`.
    Count,    ///< A whole number from 0.
    Seconds,  ///< A number from 0 to 86,400.
    List,     ///< Of texts. In a body only.
    Map,      ///< Of texts by their names. In a body only.
  };
  std::string_view name;
  std::string_view about;  ///< A sentence without its full stop.
  Kind kind = Kind::Text;
  bool may_repeat = false;  ///< Of the query.
};

/// What is wrong with a value that came for the parameter; nothing if it may be used.
std::optional<std::string> wrong_with_value(const Parameter& parameter, std::string_view value);

/// What is wrong with the names and values of a query, the first of it; nothing if all are good.
std::optional<std::string> wrong_with_query(
    std::span<const Parameter> known,
    const std::vector<std::pair<std::string, std::string>>& query);

struct Answer {
  int status = 200;
  std::string_view about;
  std::string_view type = "application/json";
  std::string_view schema;  ///< A name in the document's components; empty: any.
};

/// What a request may carry besides its parameters.
enum class Body : std::uint8_t {
  Nothing,
  Template,  ///< wire/templates.h. With `PUT` its name may be missing.
  Object,    ///< JSON with the fields that `fields` names; may be absent.
  Bytes,     ///< Anything.
};

struct Route {
  std::string_view method;
  std::string_view path;  ///< `/processes/{target}`
  Scope scope = Scope::Read;
  std::string_view summary;
  std::vector<Parameter> query;
  Body body = Body::Nothing;
  std::vector<Parameter> fields;  ///< Of an Object.
  std::vector<Answer> answers;    ///< But for those that every route has.
};

using Fields = std::map<std::string, config::Value>;

/// Reads an object with these fields, each of which may be missing. No text at all is an empty one.
/// ERRORS: InvalidArgument, naming the field.
Result<Fields> read_fields(std::string_view text, std::span<const Parameter> known);

/// What the `{name}` of a path mean, wherever they stand.
std::span<const Parameter> path_parameters();

/// An OpenAPI 3.1 document.
std::string openapi_document(std::span<const Route* const> routes);

}  // namespace gaffer::wire
