#include "wire/json_values.h"

#include <cstdint>
#include <limits>
#include <utility>

namespace gaffer::wire {

using nlohmann::json;

namespace {

std::optional<config::Scalar> scalar_from(const json& value) {
  if (value.is_boolean()) return value.get<bool>();
  if (value.is_string()) return value.get<std::string>();
  if (value.is_number_float()) return value.get<double>();
  const bool fits = value.is_number_integer() &&
                    (!value.is_number_unsigned() ||
                     value.get<std::uint64_t>() <= std::numeric_limits<std::int64_t>::max());
  return fits ? std::optional<config::Scalar>(value.get<std::int64_t>()) : std::nullopt;
}

}  // namespace

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

Result<json> read_object(std::string_view what, std::string_view text) {
  constexpr int kDeepest = 32;
  const auto refuse = [what](std::string reason) {
    return Error{Errc::InvalidArgument, 0,
                 "cannot read the " + std::string(what) + ": " + std::move(reason)};
  };
  if (text.size() > kMaxDocument) return refuse("it is longer than 1 MiB");
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
  if (!document.is_object())
    return refuse("it must be an object with the keys of a " + std::string(what));
  return document;
}

}  // namespace gaffer::wire
