#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace gaffer::wire {

/// Writes JSON straight into a text: for documents that are long or made often, where building
/// values first would take ten times as long. What is opened has to be closed by the caller.
///
///     JsonWriter().object().key("name").text("web").key("pids").array().number(7).end_array()…
///
/// Bytes that are no UTF-8 become U+FFFD: a name or a line of a log must not make a document
/// unreadable.
class JsonWriter {
 public:
  JsonWriter& object() { return open('{'); }
  JsonWriter& end_object() { return close('}'); }
  JsonWriter& array() { return open('['); }
  JsonWriter& end_array() { return close(']'); }
  /// REQUIRES: a name without anything to escape: our own.
  JsonWriter& key(std::string_view name);
  /// A name that may hold anything.
  JsonWriter& any_key(std::string_view name);

  JsonWriter& text(std::string_view value);
  JsonWriter& boolean(bool value) { return raw(value ? "true" : "false"); }
  JsonWriter& null() { return raw("null"); }
  JsonWriter& number(std::int64_t value);
  JsonWriter& number(std::uint64_t value);
  JsonWriter& number(int value) { return number(std::int64_t{value}); }
  JsonWriter& number(unsigned value) { return number(std::uint64_t{value}); }
  /// The shortest form that reads back as the same number; what is not finite is null.
  JsonWriter& number(double value);
  /// A value that is JSON already.
  JsonWriter& raw(std::string_view json);

  /// What has been written; afterwards this is empty.
  std::string take();
  [[nodiscard]] std::size_t size() const { return text_.size(); }

 private:
  JsonWriter& open(char bracket);
  JsonWriter& close(char bracket);
  void separate();
  void quote(std::string_view value);

  std::string text_;
  bool needs_comma_ = false;
};

}  // namespace gaffer::wire
