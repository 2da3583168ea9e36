#include <algorithm>
#include <span>
#include <string_view>
#include <utility>

#include <CLI/CLI.hpp>

#include "base/strings.h"
#include "programs/command_line/command.h"

namespace gaffer::programs {
namespace {

constexpr int kUsage = 2;

CLI::Option* add_value(CLI::App& app, const Argument& argument, auto* into) {
  CLI::Option* option = app.add_option(argument.names, *into, argument.text);
  if (!argument.value.empty()) option->type_name(argument.value);
  return option;
}

CLI::Option* add(CLI::App& app, const Argument& argument, bool* into) {
  return app.add_flag(argument.names, *into, argument.text);
}

CLI::Option* add(CLI::App& app, const Argument& argument, std::size_t* into) {
  // CLI11 takes -1 for a very large number.
  return add_value(app, argument, into)->check([](const std::string& text) {
    const bool is_number = parse_number<std::size_t>(text).has_value();
    return is_number ? "" : "\"" + text + "\" is no number";
  });
}

CLI::Option* add(CLI::App& app, const Argument& argument, auto* into) {
  return add_value(app, argument, into);
}

/// Puts an argument of the table into CLI11's form of it.
void declare(CLI::App& app, const Argument& argument) {
  CLI::Option* option =
      std::visit([&](auto* into) { return add(app, argument, into); }, argument.into);
  if (argument.is_required) option->required();
  if (argument.takes_lists) option->delimiter(',');
  if (argument.check) option->check(argument.check);
  if (!argument.value_if_bare.empty()) option->expected(0, 1)->default_str(argument.value_if_bare);
}

const Command* find(const Program& program, const std::string& name) {
  const auto found = std::ranges::find(program.commands, name, &Command::name);
  return found == program.commands.end() ? nullptr : &*found;
}

/// The first word, or two, that is neither an option nor the value of one: the command that was
/// meant.
std::string command_name(const Program& program, int count, char** words) {
  std::string name;
  for (int at = 1; at < count; ++at) {
    const std::string word = words[at];
    if (word.empty() || word[0] != '-') {
      name += name.empty() ? word : " " + word;
      if (!is_family(program, name)) return name;
    }
    for (const Argument& argument : program.arguments) {
      const auto names = split(argument.names, ',');
      if (!argument.value.empty() && std::ranges::find(names, word) != names.end()) ++at;
    }
  }
  return name;
}

/// `unknown option --colour (did you mean --color?)`; empty if each is known where it stands.
std::string unknown_option(const Program& program, const Command* command, int count,
                           char** words) {
  if (command != nullptr && command->takes_the_rest) return "";  // They may be somebody else's.
  std::vector<std::string_view> known = {"--help", "--version"};
  const auto add_names = [&known](const std::vector<Argument>& arguments) {
    for (const Argument& argument : arguments) {
      for (const std::string_view name : split(argument.names, ',')) {
        if (name.starts_with("--")) known.push_back(name);
      }
    }
  };
  add_names(program.arguments);
  if (command != nullptr) add_names(command->arguments);
  for (const std::string_view word : std::span(words, static_cast<std::size_t>(count)).subspan(1)) {
    if (word == "--") break;
    const std::string_view name = word.substr(0, word.find('='));
    if (!name.starts_with("--") || std::ranges::find(known, name) != known.end()) continue;
    return "unknown option " + std::string(name) + did_you_mean(name, known);
  }
  return "";
}

/// What is wrong with a command line, in one line.
std::string complaint(const Program& program, const std::string& error,
                      const std::string& command) {
  const bool has_own_help = find(program, command) != nullptr;
  if (is_family(program, command))
    return command + " needs a second word; see " + program.name + " " + command + " --help";
  if (command.empty() || program.commands.empty() || has_own_help) {
    return error + "; see " + program.name + (has_own_help ? " " + command : "") + " --help";
  }
  std::vector<std::string_view> known;
  for (const Command& one : program.commands) {
    if (!one.is_hidden) known.push_back(one.name);
  }
  return "no command " + command + did_you_mean(command, known) + "; see " + program.name +
         " --help";
}

CLI::App* subcommand(CLI::App& app, const Command& command) {
  const auto space = command.name.find(' ');
  if (space == std::string::npos) return app.add_subcommand(command.name, command.summary);
  const std::string first = command.name.substr(0, space);
  const auto named = app.get_subcommands([&](CLI::App* one) { return one->get_name() == first; });
  CLI::App* family = named.empty() ? app.add_subcommand(first) : named.front();
  family->set_help_flag("-h,--help");
  family->require_subcommand(1);
  return family->add_subcommand(command.name.substr(space + 1), command.summary);
}

/// The command that was given, from its words in CLI11's tree.
const Command* chosen(const Program& program, const CLI::App& app) {
  std::string name;
  for (auto level = app.get_subcommands(); !level.empty();
       level = level.front()->get_subcommands()) {
    name += (name.empty() ? "" : " ") + level.front()->get_name();
  }
  return find(program, name);
}

void declare(CLI::App& app, const Program& program) {
  app.set_help_flag("-h,--help");
  app.set_version_flag("--version", program.name + " " + program.version);
  for (const Argument& argument : program.arguments)
    declare(app, argument);
  if (program.commands.empty()) return;
  app.require_subcommand(1);
  app.fallthrough();  // The program's options may stand behind the command too.
  for (const Command& command : program.commands) {
    CLI::App* sub = subcommand(app, command);
    sub->set_help_flag("-h,--help");
    if (command.takes_the_rest) sub->positionals_at_end();
    for (const Argument& argument : command.arguments)
      declare(*sub, argument);
  }
}

/// A command that takes the rest is shielded from the parser behind its first word.
std::vector<std::string> shielded(const Program& program, int count, char** words) {
  std::vector<std::string> all(words + std::min(count, 1), words + count);
  const Command* command = find(program, command_name(program, count, words));
  if (command == nullptr || !command->takes_the_rest) return all;
  auto at = std::ranges::find(all, command->name) + 1;
  for (; at != all.end() && at->starts_with('-') && *at != "--"; ++at) {
    for (const Argument& argument : command->arguments) {
      const auto names = split(argument.names, ',');
      const bool takes_value = argument.is_option() && !argument.value.empty() &&
                               std::ranges::find(names, std::string_view(*at)) != names.end();
      if (takes_value && at + 1 != all.end()) ++at;
    }
  }
  if (at != all.end() && *at != "--") all.insert(at, "--");
  return all;
}

}  // namespace

bool is_family(const Program& program, const std::string& word) {
  return std::ranges::any_of(program.commands, [&](const Command& command) {
    return command.name.starts_with(word + " ");
  });
}

Parsed parse(const Program& program, int count, char** words) {
  CLI::App app(program.summary, program.name);
  declare(app, program);
  std::vector<std::string> all = shielded(program, count, words);
  std::ranges::reverse(all);  // As CLI11 wants them.
  try {
    app.parse(std::move(all));
  } catch (const CLI::CallForVersion&) {
    return {.status = 0, .out = program.name + " " + program.version + "\n"};
  } catch (const CLI::CallForHelp&) {
    const std::string name = command_name(program, count, words);
    const Command* command = find(program, name);
    return {.status = 0,
            .out = command != nullptr         ? help(program, *command)
                   : is_family(program, name) ? help_of_family(program, name)
                                              : help(program)};
  } catch (const CLI::ParseError& error) {
    if (count == 1) return {.status = kUsage, .err = help(program)};
    const std::string name = command_name(program, count, words);
    const std::string unknown = unknown_option(program, find(program, name), count, words);
    const std::string wrong = unknown.empty() ? error.what() : unknown;
    return {.status = kUsage, .err = program.name + ": " + complaint(program, wrong, name) + "\n"};
  }
  return {.command = chosen(program, app)};
}

}  // namespace gaffer::programs
