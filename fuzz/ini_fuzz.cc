// Any text must come out of the ini reader as valid templates or as problems with a place in it.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>

#include "base/assert.h"
#include "base/strings.h"
#include "core/config/ini.h"
#include "core/config/ini_templates.h"
#include "core/config/validate.h"

namespace gaffer::config {
namespace {

constexpr std::string_view kPlace = "gaffer.ini:";

void check_sections(const Ini& ini, int lines) {
  std::set<std::string_view> names;
  int last = 0;
  for (const IniSection& section : ini.sections) {
    GAFFER_ASSERT(!section.name.empty(), "a section has a name");
    GAFFER_ASSERT(names.insert(section.name).second, "the names of sections are unique");
    GAFFER_ASSERT(section.line > last, "sections stand in the order of the file");
    last = section.line;
    std::set<std::string_view> keys;
    for (const IniEntry& entry : section.entries) {
      GAFFER_ASSERT(entry.line > last, "entries stand in the order of the file");
      GAFFER_ASSERT(!entry.key.empty() && keys.insert(entry.key).second, "keys are unique");
      GAFFER_ASSERT(entry.value.find('\0') == std::string::npos, "no value has a NUL");
      last = entry.line;
    }
  }
  GAFFER_ASSERT(last <= lines, "every line is within the text");
}

void check_problems(const Loaded& loaded, int lines) {
  int last = 1;
  for (const std::string_view problem : loaded.problems) {
    GAFFER_ASSERT(problem.starts_with(kPlace), "a problem begins with the file");
    const std::string_view rest = problem.substr(kPlace.size());
    const auto line = parse_number<int>(rest.substr(0, rest.find(':')));
    GAFFER_ASSERT(line && *line >= last && *line <= lines, "a problem has its line, in order");
    GAFFER_ASSERT(rest.find(": ") != std::string_view::npos, "a problem has a message");
    const auto is_control = [](unsigned char c) { return c < 0x20U; };
    GAFFER_ASSERT(std::none_of(rest.begin(), rest.end(), is_control), "a problem is one line");
    last = *line;
  }
}

void check_templates(const Loaded& loaded) {
  GAFFER_ASSERT(loaded.problems.empty() || loaded.templates.empty(), "templates or problems");
  std::set<std::string_view> names;
  for (const ProcessTemplate& loaded_template : loaded.templates) {
    GAFFER_ASSERT(validate(loaded_template).empty(), "a loaded template is valid");
    GAFFER_ASSERT(names.insert(loaded_template.name).second, "the names of templates are unique");
    GAFFER_ASSERT(loaded_template.cwd.find_first_not_of("/$") != 0,
                  "a directory is absolute or begins with a variable");
  }
}

/// The line ends of another system change nothing.
void check_line_ends(std::string_view text, const Loaded& loaded) {
  if (text.find('\r') != std::string_view::npos) return;
  std::string other;
  for (const char c : text) {
    if (c == '\n') other += '\r';
    other += c;
  }
  if (other.size() > kMaxText) return;
  GAFFER_ASSERT(load_ini(other, "gaffer.ini", "/srv/app") == loaded, "CRLF reads as LF does");
}

}  // namespace
}  // namespace gaffer::config

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace gaffer::config;
  const std::string text(data, data + size);
  const int lines = 1 + static_cast<int>(std::count(text.begin(), text.end(), '\n'));

  check_sections(parse_ini(text), lines);
  const Loaded loaded = load_ini(text, "gaffer.ini", "/srv/app");
  check_problems(loaded, lines);
  check_templates(loaded);
  check_line_ends(text, loaded);
  return 0;
}
