#include <algorithm>
#include <string_view>

#include "base/strings.h"
#include "programs/command_line/command.h"

namespace gaffer::programs {
namespace {

constexpr std::size_t kWidth = 80;
constexpr std::size_t kIndent = 2;

/// A text in lines of kWidth columns at most, each behind the indent but for the first.
std::string wrapped(std::string_view text, std::size_t indent) {
  std::string lines;
  std::size_t column = indent;
  for (const std::string_view word : split(text, ' ')) {
    if (column > indent && column + 1 + word.size() > kWidth) {
      lines.append("\n").append(indent, ' ');
      column = indent;
    } else if (column > indent) {
      lines += ' ';
      ++column;
    }
    lines += word;
    column += word.size();
  }
  return lines;
}

struct Row {
  std::string left;
  std::string right;
};

std::string table(const std::string& title, const std::vector<Row>& rows) {
  if (rows.empty()) return {};
  constexpr std::size_t kWidest = 28;
  std::size_t width = 0;
  for (const Row& row : rows) {
    if (row.left.size() <= kWidest) width = std::max(width, row.left.size());
  }
  const std::size_t column = kIndent + width + 2;
  std::string text = "\n" + title + ":\n";
  for (const Row& row : rows) {
    text.append(kIndent, ' ').append(row.left);
    if (row.left.size() > width) {
      text.append("\n").append(column, ' ');
    } else {
      text.append(width + 2 - row.left.size(), ' ');
    }
    text += wrapped(row.right, column) + "\n";
  }
  return text;
}

/// `-f, --procfile FILE`
std::string shown(const Argument& argument) {
  std::string text;
  for (const std::string_view name : split(argument.names, ','))
    text.append(text.empty() ? "" : ", ").append(name);
  return argument.value.empty() ? text : text + " " + argument.value;
}

std::vector<Row> rows_of(const std::vector<Argument>& arguments, bool options) {
  std::vector<Row> rows;
  for (const Argument& argument : arguments) {
    if (argument.is_option() == options) rows.push_back({shown(argument), argument.text});
  }
  return rows;
}

std::string paragraphs(const std::string& text) {
  std::string result;
  for (const std::string_view paragraph : split(text, '\n'))
    result += (paragraph.starts_with(' ') ? std::string(paragraph) : wrapped(paragraph, 0)) + "\n";
  return result;
}

std::string examples_of(const std::vector<Example>& examples) {
  std::vector<Row> rows;
  rows.reserve(examples.size());
  for (const Example& example : examples)
    rows.push_back({example.line, example.text});
  return table("Examples", rows);
}

/// ` [OPTION…] NAME [NAME…]`
std::string synopsis(const std::vector<Argument>& arguments) {
  std::string text = std::ranges::any_of(arguments, &Argument::is_option) ? " [OPTION...]" : "";
  for (const Argument& argument : arguments) {
    if (argument.is_option()) continue;
    const bool takes_many = std::holds_alternative<std::vector<std::string>*>(argument.into);
    const std::string word = argument.names + (takes_many ? "..." : "");
    text += argument.is_required ? " " + word : " [" + word + "]";
  }
  return text;
}

}  // namespace

std::string help(const Program& program) {
  std::string text = wrapped(program.summary, 0) + "\n\nUsage: " + program.name;
  text += program.commands.empty() ? synopsis(program.arguments) : " COMMAND [ARGUMENT...]";
  text += "\n";
  std::vector<std::string> headings;
  for (const Command& command : program.commands) {
    const bool is_new = std::ranges::find(headings, command.heading) == headings.end();
    if (!command.is_hidden && is_new) headings.push_back(command.heading);
  }
  for (const std::string& heading : headings) {
    std::vector<Row> rows;
    for (const Command& command : program.commands) {
      if (command.is_hidden || command.heading != heading) continue;
      rows.push_back({command.name, command.summary});
    }
    text += table(heading, rows);
  }
  text += table("Arguments", rows_of(program.arguments, false));
  std::vector<Row> options = rows_of(program.arguments, true);
  options.push_back({"-h, --help", program.commands.empty()
                                       ? "this help"
                                       : "this help; of a command: what it takes, with examples"});
  options.push_back({"--version", "the version"});
  text += table("Options", options);
  return text + examples_of(program.examples);
}

std::string help_of_family(const Program& program, const std::string& first) {
  std::vector<Row> rows;
  for (const Command& command : program.commands) {
    if (command.name.starts_with(first + " ")) rows.push_back({command.name, command.summary});
  }
  return "Usage: " + program.name + " " + first + " COMMAND [ARGUMENT...]\n" +
         table("Commands", rows) +
         table("Options of every command", rows_of(program.arguments, true));
}

std::string help(const Program& program, const Command& command) {
  std::string text = wrapped(command.summary, 0) + "\n\nUsage: " + program.name + " " +
                     command.name + synopsis(command.arguments) + "\n";
  if (!command.details.empty()) text += "\n" + paragraphs(command.details);
  text += table("Arguments", rows_of(command.arguments, false));
  text += table("Options", rows_of(command.arguments, true));
  text += table("Options of every command", rows_of(program.arguments, true));
  return text + examples_of(command.examples);
}

}  // namespace gaffer::programs
