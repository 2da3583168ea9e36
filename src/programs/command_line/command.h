#pragma once

/// \file
/// A program's command line as a table. What it understands, its help, its manual page and what a
/// shell completes are all read from the table, so none of them can say something else.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace gaffer::programs {

/// What can stand for an argument, for a shell that completes it.
struct Candidates {
  bool files = false;
  /// CALLS: when a shell asks. Says nothing rather than fail.
  std::function<std::vector<std::string>()> words;
};

/// Where the value of an argument goes. LIFETIME: outlives the table.
using Destination = std::variant<bool*, std::string*, std::vector<std::string>*, std::size_t*,
                                 std::optional<std::uint16_t>*>;

/// One thing that a command line can say: an option, or a word that stands by itself.
struct Argument {
  std::string names;  ///< `-f,--procfile` of an option; `NAME` of a word.
  std::string value;  ///< What stands for its value in the help; empty of a switch and a word.
  std::string text;   ///< What it says, for the help. No capital, no full stop.
  Destination into;
  bool is_required = false;
  bool takes_lists = false;  ///< `a,b` is two values.
  Candidates candidates = {};
  /// What is wrong with a value, in words; empty when it is right.
  std::function<std::string(const std::string& value)> check = {};
  std::string value_if_bare = {};  ///< Not empty: the option may stand without its value.

  [[nodiscard]] bool is_option() const { return names.starts_with('-'); }
};

/// A command line that can be copied, and what it does.
struct Example {
  std::string line;
  std::string text;
};

/// One command of a program.
struct Command {
  std::string name;     ///< One word or two: `token create`.
  std::string heading;  ///< Under which it stands in the program's help.
  std::string summary;  ///< One sentence, with its full stop.
  std::vector<Argument> arguments;
  std::vector<Example> examples;
  std::function<int()> run;     ///< Returns the status to exit with.
  std::string details = {};     ///< Further paragraphs, for its help and the manual.
  bool takes_the_rest = false;  ///< The first word and all behind it are words, also `--x`.
  bool is_hidden = false;       ///< Known, but in no help.
};

/// A section of the manual page beyond what the table says.
struct Section {
  std::string title;  ///< `EXIT STATUS`.
  std::string text;  ///< Paragraphs with an empty line in between; indented lines stay as they are.
};

/// A program. One without commands runs itself.
struct Program {
  std::string name;
  int manual = 1;                   ///< The section of the manual it stands in.
  std::string version;              ///< `0.1.0`
  std::string summary;              ///< One sentence, with its full stop.
  std::vector<Argument> arguments;  ///< May stand before and behind the command.
  std::vector<Example> examples;
  std::vector<Command> commands = {};
  std::vector<Section> sections = {};
};

/// What a command line came to.
struct Parsed {
  const Command* command = nullptr;  ///< The one to run; null when the program runs itself.
  std::optional<int> status;         ///< Set: nothing is to be run, exit with this.
  std::string out;                   ///< What to print then: help, version.
  std::string err;                   ///< Or what was wrong, in one line.
};

/// Whether there are commands of two words of which this is the first.
bool is_family(const Program& program, const std::string& word);

/// Reads a command line and puts its values where the table says.
Parsed parse(const Program& program, int count, char** words);

/// The help of a program, of one of its commands, and of those whose first word is `first`.
std::string help(const Program& program);
std::string help(const Program& program, const Command& command);
std::string help_of_family(const Program& program, const std::string& first);

/// The manual page, for man(1).
std::string manual_page(const Program& program);

/// A candidate, and behind a tab what it is, if there is something to say.
using Completions = std::vector<std::string>;

/// What could stand in the place of the last word. One that is `:files` alone: the names of files.
Completions complete(const Program& program, const std::vector<std::string>& words);

/// The script that lets `bash`, `zsh` or `fish` complete the program by `PROGRAM complete -- WORDS`;
/// empty of any other shell.
std::string completion_script(const std::string& program, const std::string& shell);

}  // namespace gaffer::programs
