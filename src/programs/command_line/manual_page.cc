#include <algorithm>
#include <cctype>

#include "base/strings.h"
#include "programs/command_line/command.h"

namespace gaffer::programs {
namespace {

/// The text as groff prints it: a hyphen that can be copied, and no request at the start of a line.
std::string plain(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '\\') {
      escaped += "\\e";
    } else if (c == '-') {
      escaped += "\\-";
    } else if ((c == '.' || c == '\'') && (escaped.empty() || escaped.back() == '\n')) {
      escaped.append("\\&") += c;
    } else {
      escaped += c;
    }
  }
  return escaped;
}

std::string bold(std::string_view text) { return "\\fB" + plain(text) + "\\fR"; }
std::string italic(std::string_view text) { return "\\fI" + plain(text) + "\\fR"; }

std::string upper(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(), [](unsigned char c) { return std::toupper(c); });
  return result;
}

std::string entry_of(const Argument& argument) {
  std::string head;
  for (const std::string_view name : split(argument.names, ',')) {
    if (!head.empty()) head += ", ";
    head += argument.is_option() ? bold(name) : italic(name);
  }
  if (!argument.value.empty()) head += " " + italic(argument.value);
  return ".TP\n" + head + "\n" + plain(argument.text) + "\n";
}

std::string examples_of(const std::vector<Example>& examples) {
  std::string text;
  for (const Example& example : examples)
    text += ".TP\n" + bold(example.line) + "\n" + plain(example.text) + "\n";
  return text;
}

/// Paragraphs; lines that are indented stand as they are.
std::string paragraphs(const std::string& text) {
  std::string result;
  bool is_literal = false;
  for (const std::string_view line : split(text, '\n')) {
    if (line.starts_with(' ') != is_literal) {
      is_literal = !is_literal;
      result += is_literal ? ".PP\n.nf\n" : ".fi\n";
    }
    result += line.empty() ? ".PP\n" : plain(line) + "\n";
  }
  return result + (is_literal ? ".fi\n" : "");
}

std::string section_of(const Command& command) {
  std::string text = ".SS " + bold(command.name);
  for (const Argument& argument : command.arguments) {
    if (!argument.is_option()) text += " " + italic(argument.names);
  }
  text += "\n" + plain(command.summary) + "\n";
  if (!command.details.empty()) text += ".PP\n" + paragraphs(command.details);
  for (const Argument& argument : command.arguments)
    text += entry_of(argument);
  return text + examples_of(command.examples);
}

}  // namespace

std::string manual_page(const Program& program) {
  std::string text = ".TH " + upper(program.name) + " " + std::to_string(program.manual) +
                     R"( "" "gaffer )" + program.version + "\"\n";
  std::string summary = program.summary.substr(0, program.summary.size() - 1);
  text += ".SH NAME\n" + plain(program.name) + " \\- " + plain(summary) + "\n";
  if (program.manual == 1 || program.manual == 8) {
    text += ".SH SYNOPSIS\n" + bold(program.name) + " " +
            (program.commands.empty() ? "[\\fIOPTION\\fR...]"
                                      : R"(\fICOMMAND\fR [\fIARGUMENT\fR...])") +
            "\n";
    text += ".SH OPTIONS\n";
    for (const Argument& argument : program.arguments)
      text += entry_of(argument);
  }
  if (!program.commands.empty()) text += ".SH COMMANDS\n";
  for (const Command& command : program.commands) {
    if (!command.is_hidden) text += section_of(command);
  }
  for (const Section& section : program.sections)
    text += ".SH " + section.title + "\n" + paragraphs(section.text);
  if (!program.examples.empty()) text += ".SH EXAMPLES\n" + examples_of(program.examples);
  return text;
}

}  // namespace gaffer::programs
