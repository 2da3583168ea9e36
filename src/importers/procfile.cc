#include "importers/procfile.h"

#include <array>
#include <cctype>
#include <utility>
#include <vector>

#include "base/strings.h"
#include "core/config/text.h"
#include "core/config/validate.h"

namespace gaffer::importers {
namespace {

using config::in_quotes;

constexpr int kDefaultPort = 5000;
constexpr int kPortStep = 100;
constexpr int kMaxPort = 65535;

constexpr std::string_view kBlank = " \t";
constexpr std::string_view kRelease = "release";

/// What other tools tell their processes.
struct OtherVariable {
  std::string_view name;  ///< Or its beginning.
  std::string_view tool;
  std::string_view instead;
};
constexpr auto kOtherVariables = std::to_array<OtherVariable>({
    {"PS", "foreman and Overmind", "$GAFFER_NAME.$GAFFER_SLOT"},
    {"HONCHO_PROCESS_NAME", "honcho", "$GAFFER_NAME.$GAFFER_SLOT"},
    {"OVERMIND_PROCESS_", "Overmind", "$PORT, or write the other entry's port"},
});

bool is_of_name(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

/// Whether a shell command has `$NAME` or `${NAME}`; of a name that ends in `_`, any that begins so.
bool mentions(std::string_view command, std::string_view name) {
  for (auto at = command.find('$'); at != std::string_view::npos; at = command.find('$', at + 1)) {
    std::string_view rest = command.substr(at + 1);
    if (rest.starts_with('{')) rest.remove_prefix(1);
    if (!rest.starts_with(name)) continue;
    rest.remove_prefix(name.size());
    if (name.ends_with('_') || rest.empty() || !is_of_name(rest.front())) return true;
  }
  return false;
}

struct Entry {
  std::string_view name;
  std::string_view command;
};

std::optional<Entry> parse_entry(std::string_view line) {
  constexpr std::string_view kNameCharacters =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
  const auto colon = line.find_first_not_of(kNameCharacters);
  if (colon == 0 || colon == std::string_view::npos || line[colon] != ':') return std::nullopt;
  return Entry{line.substr(0, colon), trim(line.substr(colon + 1))};
}

class Loader {
 public:
  Loader(std::vector<config::LineProblem> problems, ProcfileOptions options)
      : problems_(std::move(problems)), options_(std::move(options)) {
    take_base_port();
  }

  void read(std::string_view line) {
    ++line_;
    const std::string_view text = trim(line);
    if (text.empty() || text.front() == '#' || text.starts_with("//")) return;
    const auto entry = parse_entry(line);
    if (!entry) {
      report(in_quotes(line) +
             " is not an entry: it must be NAME: command, the name of letters, digits, _ and -");
      return;
    }
    const auto [known, is_new] = lines_.emplace(entry->name, line_);
    if (!is_new) {
      report(in_quotes(entry->name) + " stands already on line " + std::to_string(known->second) +
             ": every entry needs a name of its own");
    } else if (entry->command.empty()) {
      report(in_quotes(entry->name) + " has no command: it must be NAME: command");
    } else {
      add(*entry);
      warn_of_other_tools(*entry, line);
    }
  }

  config::Loaded finish(std::string_view file_name) {
    if (templates_.empty() && problems_.empty()) {
      problems_.push_back({1, "the file has no entries: it needs at least one NAME: command"});
    }
    config::Loaded loaded{.warnings = sentences(file_name, std::move(warnings_))};
    if (problems_.empty()) {
      loaded.templates = std::move(templates_);
    } else {
      loaded.problems = sentences(file_name, std::move(problems_));
    }
    return loaded;
  }

 private:
  void report(std::string message) { problems_.push_back({line_, std::move(message)}); }
  void warn(std::string message) { warnings_.push_back({line_, std::move(message)}); }

  void warn_of_other_tools(const Entry& entry, std::string_view line) {
    if (kBlank.find(line[entry.name.size() + 1]) == std::string_view::npos) {
      warn("Overmind and Hivemind pass over this line: they need a blank after the colon");
    }
    if (entry.name == kRelease) {
      warn(
          "release is not started: Heroku runs it once, before a new version; foreman, honcho and "
          "Overmind start it with the others");
    }
    for (const OtherVariable& variable : kOtherVariables) {
      if (!mentions(entry.command, variable.name)) continue;
      warn("$" + std::string(variable.name) + " is of " + std::string(variable.tool) +
           " and empty here: use " + std::string(variable.instead));
    }
  }

  void take_base_port() {
    const auto variable = options_.env.extract("PORT");
    if (options_.base_port) {
      base_port_ = *options_.base_port;
      if (base_port_ == 0) problems_.push_back({1, "the base port is 0: it must be 1 to 65535"});
    } else if (variable) {
      const auto number = parse_number<std::uint16_t>(variable.mapped());
      base_port_ = number.value_or(0);
      if (base_port_ == 0) {
        problems_.push_back({1, "PORT of the environment is " + in_quotes(variable.mapped()) +
                                    ": as base port it must be 1 to 65535"});
      }
    }
  }

  void add(const Entry& entry) {
    const int port = base_port_ + kPortStep * entries_++;
    if (port > kMaxPort) {
      report("the port of " + in_quotes(entry.name) + " would be " + std::to_string(port) +
             ": ports end at 65535, so begin with a lower base port than " +
             std::to_string(base_port_));
      return;
    }
    ProcessTemplate wanted{.name = std::string(entry.name),
                           .cmd = std::string(entry.command),
                           .env = options_.env,
                           .raw = true,
                           .cwd = options_.directory,
                           .shell = true};
    if (entry.name == kRelease) {
      wanted.start = false;
      wanted.restart = Restart::Never;
    }
    // A bad base port has been reported once; it is no fault of the entries.
    if (port >= 1) wanted.port = static_cast<std::uint16_t>(port);
    for (config::Problem& problem : config::validate(wanted)) {
      report(std::move(problem.message));
    }
    templates_.push_back(std::move(wanted));
  }

  std::vector<config::LineProblem> problems_;
  std::vector<config::LineProblem> warnings_;
  ProcfileOptions options_;
  int base_port_ = kDefaultPort;
  int line_ = 0;
  int entries_ = 0;  // So far, those with problems too.
  std::map<std::string, int, std::less<>> lines_;
  std::vector<ProcessTemplate> templates_;
};

}  // namespace

config::Loaded load_procfile(std::string_view text, std::string_view file_name,
                             ProcfileOptions options) {
  config::CleanText cleaned = config::clean(text);
  Loader loader(std::move(cleaned.problems), std::move(options));
  for (const std::string_view line : split(cleaned.text, '\n')) {
    loader.read(line);
  }
  return loader.finish(file_name);
}

}  // namespace gaffer::importers
