#include <algorithm>

#include "base/shell_words.h"
#include "base/strings.h"
#include "core/config/properties.h"
#include "core/config/text_forms.h"
#include "exporters/exported.h"

namespace gaffer::exporters {
namespace {

/// Whether the reader gives this value back as it is.
bool fits(std::string_view value) {
  return trim(value) == value &&
         value.find_first_of(std::string_view("\n\r\0", 3)) == std::string_view::npos;
}

std::string joined(const config::List& list, const std::string& name) {
  std::string text;
  for (const config::Scalar& scalar : list) {
    const std::string word = config::text_of(scalar);
    if (name == "args") {
      text.append(text.empty() ? "" : " ").append(quote_shell_word(word));
    } else {
      text.append(text.empty() ? "" : ", ").append(word);
    }
  }
  return text;
}

std::string joined(const config::Map& map, const std::string& name) {
  if (name == "pty")
    return config::text_of(map.at("rows")) + "x" + config::text_of(map.at("columns"));
  std::string text;
  for (const auto& [key, scalar] : map)
    text += (text.empty() ? "" : ", ") + key + "=" + config::text_of(scalar);
  return text;
}

std::string text_of(const config::Value& value, const std::string& name) {
  if (const auto* list = std::get_if<config::List>(&value)) return joined(*list, name);
  if (const auto* map = std::get_if<config::Map>(&value)) return joined(*map, name);
  return config::text_of(std::get<config::Scalar>(value));
}

class Writer {
 public:
  void write(const ProcessTemplate& one) {
    template_ = &one;
    text_ += (text_.empty() ? "[process:" : "\n[process:") + one.name + "]\n";
    add("cmd", one.cmd);
    for (const config::Property& property : config::properties()) {
      const std::string name(property.name);
      if (name == "name" || name == "cmd" || name == "env") continue;
      const auto value = property.get(one);
      if (!value) continue;
      const std::string text = text_of(*value, name);
      if (text.empty()) {
        leave_out(name, "an ini file has no form for none of them");
      } else {
        add(name, text);
      }
    }
    for (const auto& [name, value] : one.env)
      add("env:" + name, value);
  }

  Exported finish() {
    return {.files = {{"gaffer.ini", std::move(text_)}}, .warnings = std::move(warnings_)};
  }

 private:
  void add(const std::string& key, const std::string& value) {
    if (fits(value)) {
      text_ += key + " =" + (value.empty() ? "" : " ") + value + "\n";
    } else {
      leave_out(key, "an ini file has no form for blanks at its ends and for more than one line");
    }
  }

  void leave_out(const std::string& key, const std::string& why) {
    warnings_.push_back(template_->name + ": " + key + " is left out: " + why);
  }

  const ProcessTemplate* template_ = nullptr;
  std::string text_;
  std::vector<std::string> warnings_;
};

}  // namespace

Exported to_ini(const std::vector<ProcessTemplate>& templates) {
  std::vector<ProcessTemplate> sorted = templates;  // The reader sorts them, and keeps equal ones.
  std::ranges::stable_sort(sorted, {}, &ProcessTemplate::priority);
  Writer writer;
  for (const ProcessTemplate& one : sorted)
    writer.write(one);
  return writer.finish();
}

}  // namespace gaffer::exporters
