// Any text must come out of both importers, that of Procfiles and that of .env files, as values
// that hold what their headers promise, or as problems with a place in it.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/assert.h"
#include "base/strings.h"
#include "core/config/text.h"
#include "core/config/validate.h"
#include "importers/env_file.h"
#include "importers/procfile.h"

namespace gaffer::importers {
namespace {

constexpr std::string_view kPlace = "file:";

void check_problems(const std::vector<std::string>& problems, int lines) {
  int last = 1;
  for (const std::string_view problem : problems) {
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

void check_templates(const config::Loaded& loaded) {
  GAFFER_ASSERT(loaded.problems.empty() != loaded.templates.empty(), "templates or problems");
  std::set<std::string_view> names;
  int port = 5000;
  for (const ProcessTemplate& entry : loaded.templates) {
    GAFFER_ASSERT(config::validate(entry).empty(), "a loaded template is valid");
    GAFFER_ASSERT(names.insert(entry.name).second, "the names of templates are unique");
    GAFFER_ASSERT(entry.cmd == trim(entry.cmd), "a command is trimmed");
    GAFFER_ASSERT(entry.shell && entry.cwd == "/srv" && entry.port == port, "an entry's settings");
    port += 100;
  }
}

/// A Procfile written from the templates gives the same templates.
void check_procfile_round_trip(const config::Loaded& loaded) {
  std::string text;
  for (const ProcessTemplate& entry : loaded.templates) {
    text += entry.name + ": " + entry.cmd + "\n";
  }
  if (text.empty() || text.size() > config::kMaxText) return;
  GAFFER_ASSERT(load_procfile(text, "file", {.directory = "/srv"}).templates == loaded.templates,
                "written, read again");
}

/// A .env file written from the variables, every value in double quotes, gives the same variables.
void check_env_round_trip(const EnvFile& parsed) {
  std::string text;
  for (const auto& [name, value] : parsed.variables) {
    text += "export " + name + " = \"";
    for (const char c : value) {
      if (c == '\r') {
        text += "\\r";
        continue;
      }
      if (c == '"' || c == '\\' || c == '$') text += '\\';
      text += c;
    }
    text += "\" # comment\n";
  }
  if (text.size() > config::kMaxText) return;
  GAFFER_ASSERT(parse_env_file(text, "file").variables == parsed.variables, "written, read again");
}

}  // namespace
}  // namespace gaffer::importers

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace gaffer::importers;
  const std::string text(data, data + size);
  const int lines = 1 + static_cast<int>(std::count(text.begin(), text.end(), '\n'));

  const gaffer::config::Loaded loaded = load_procfile(text, "file", {.directory = "/srv"});
  check_problems(loaded.problems, lines);
  check_problems(loaded.warnings, lines);
  check_templates(loaded);
  if (loaded.problems.empty()) check_procfile_round_trip(loaded);

  const EnvFile parsed = parse_env_file(text, "file");
  check_problems(parsed.problems, lines);
  check_problems(parsed.warnings, lines);
  GAFFER_ASSERT(parsed.problems.empty() || parsed.variables.empty(), "variables or problems");
  if (parsed.problems.empty()) check_env_round_trip(parsed);
  return 0;
}
