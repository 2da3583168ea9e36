#include "importers/env_file.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/strings.h"
#include "core/config/text.h"

namespace gaffer::importers {
namespace {

using config::in_quotes;

constexpr std::string_view kBlank = " \t";

bool is_name(std::string_view text) {
  constexpr std::string_view kFirst = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_";
  constexpr std::string_view kFurther =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789.-";
  return !text.empty() && kFirst.find(text.front()) != std::string_view::npos &&
         text.find_first_not_of(kFurther) == std::string_view::npos;
}

/// The text before `=` without `export `; a variable may itself be called export.
std::string_view without_export(std::string_view text) {
  constexpr std::string_view kExport = "export";
  if (!text.starts_with(kExport)) return text;
  const std::string_view rest = text.substr(kExport.size());
  const std::string_view name = trim(rest);
  return !name.empty() && kBlank.find(rest.front()) != std::string_view::npos ? name : text;
}

std::string_view plain_value(std::string_view text) {
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '#' && kBlank.find(text[i - 1]) != std::string_view::npos) {
      return trim(text.substr(0, i));
    }
  }
  return trim(text);
}

/// What a backslash and this character mean between double quotes, if they mean anything.
std::optional<char> unescape(char c) {
  switch (c) {
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    case '"':
    case '\\':
    case '$':
      return c;
    default:
      return std::nullopt;
  }
}

struct QuotedValue {
  std::string value;
  std::size_t length = 0;  // Of the text that was read, quotes included.
};

/// Reads a value off the front of `text`, which begins with its quote; nothing if it is not closed.
std::optional<QuotedValue> quoted_value(std::string_view text) {
  const char quote = text.front();
  QuotedValue result;
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == quote) {
      result.length = i + 1;
      return result;
    }
    const bool is_escape = quote == '"' && text[i] == '\\' && i + 1 < text.size();
    if (const auto meant = is_escape ? unescape(text[i + 1]) : std::nullopt) {
      result.value += *meant;
      ++i;
    } else {
      result.value += text[i];
    }
  }
  return std::nullopt;
}

class Parser {
 public:
  explicit Parser(config::CleanText cleaned)
      : text_(std::move(cleaned.text)), rest_(text_), problems_(std::move(cleaned.problems)) {}

  EnvFile parse(std::string_view file_name) {
    while (!rest_.empty()) {
      read_line();
    }
    EnvFile file{.warnings = sentences(file_name, std::move(warnings_))};
    if (problems_.empty()) {
      file.variables = std::move(variables_);
    } else {
      file.problems = sentences(file_name, std::move(problems_));
    }
    return file;
  }

 private:
  void report(int line, std::string message) { problems_.push_back({line, std::move(message)}); }
  void warn(std::string message) { warnings_.push_back({line_, std::move(message)}); }

  /// The line at the front, without its end.
  [[nodiscard]] std::string_view line() const { return rest_.substr(0, rest_.find('\n')); }

  void skip(std::size_t length) {
    line_ += static_cast<int>(std::count(rest_.begin(), rest_.begin() + length, '\n'));
    rest_.remove_prefix(length);
  }

  void skip_line() { skip(std::min(line().size() + 1, rest_.size())); }

  void read_line() {
    const std::string_view text = trim(line());
    const auto equals = line().find('=');
    if (text.empty() || text.front() == '#') return skip_line();
    if (equals == std::string_view::npos) {
      report(line_, in_quotes(text) + " has no =: it must be NAME=value");
      return skip_line();
    }
    const std::string_view before = line().substr(0, equals);
    const std::string_view name = without_export(trim(before));
    if (!is_name(name)) {
      report(line_,
             in_quotes(name) +
                 " is not a name: it must be a letter or _, then letters, digits, _, . and -");
    } else {
      warn_of_name(name, before, line().substr(equals + 1));
    }
    read_value(name, equals + 1);
  }

  void warn_of_name(std::string_view name, std::string_view before, std::string_view after) {
    if (name.find_first_of(".-") != std::string_view::npos) {
      warn("foreman passes over " + in_quotes(name) +
           ", and for honcho and godotenv it is an error: use letters, digits and _");
    }
    const bool has_blanks = !after.empty() && kBlank.find(after.front()) != std::string_view::npos;
    if (before != name) {
      warn(
          "foreman passes over this line: nothing may stand before NAME, and no blank before the "
          "=");
    } else if (has_blanks && !trim(after).empty()) {
      warn("foreman makes the blank behind the = a part of the value");
    }
  }

  void warn_of_plain(std::string_view text) {
    const std::string_view value = plain_value(text);
    if (value != trim(text)) {
      warn("foreman takes the comment as a part of the value: give it a line of its own");
    }
    if (value.empty()) warn("honcho drops a variable without value");
    if (value.find('#') != std::string_view::npos) {
      warn("honcho ends the value at the #: put it into quotes");
    }
    if (value.find_first_of(kBlank) != std::string_view::npos) {
      warn("honcho takes the blanks out of the value: put it into quotes");
    }
    if (value.find('\\') != std::string_view::npos) {
      warn("honcho takes the backslash out of the value: put it into single quotes");
    }
    warn_of_dollar(value);
  }

  void warn_of_dollar(std::string_view value) {
    for (auto at = value.find('$'); at != std::string_view::npos; at = value.find('$', at + 1)) {
      if (at > 0 && value[at - 1] == '\\') continue;
      return warn("godotenv puts in a variable for the $: put the value into single quotes");
    }
  }

  void warn_of_escape(std::string_view quoted) {
    for (auto at = quoted.find('\\'); at != std::string_view::npos; at = quoted.find('\\', at)) {
      const bool is_alike = at + 1 < quoted.size() && std::string_view("n\"\\$").find(
                                                          quoted[at + 1]) != std::string_view::npos;
      if (!is_alike) return warn("foreman takes the backslash out of the value: double it");
      at += 2;
    }
  }

  void read_value(std::string_view name, std::size_t begin) {
    const std::string_view value = line().substr(begin);
    const auto quote = value.find_first_not_of(kBlank);
    if (quote != std::string_view::npos && (value[quote] == '"' || value[quote] == '\'')) {
      return read_quoted(name, begin + quote);
    }
    warn_of_plain(value);
    set(name, std::string(plain_value(value)));
    skip_line();
  }

  void read_quoted(std::string_view name, std::size_t begin) {
    auto value = quoted_value(rest_.substr(begin));
    if (!value) {
      report(line_, std::string("the ") + rest_[begin] + " quote is not closed");
      return skip_line();  // The next line may be meant as it stands.
    }
    const std::string_view quoted = rest_.substr(begin, value->length);
    if (quoted.find('\n') != std::string_view::npos) {
      warn("foreman and honcho cannot read a value of several lines");
    }
    if (quoted.front() == '"') {
      warn_of_dollar(quoted);
      warn_of_escape(quoted);
    }
    set(name, std::move(value->value));
    const int opened = line_;
    skip(begin + value->length);
    const std::string_view after = trim(line());
    if (after.starts_with('#')) {
      warn("foreman takes the comment as a part of the value: give it a line of its own");
    } else if (!after.empty()) {
      report(line_, in_quotes(after) + " follows the quote that opened on line " +
                        std::to_string(opened) + ": only a comment may");
    }
    skip_line();
  }

  void set(std::string_view name, std::string value) {
    variables_.insert_or_assign(std::string(name), std::move(value));
  }

  std::string text_;
  std::string_view rest_;  // Of text_.
  int line_ = 1;
  std::map<std::string, std::string> variables_;
  std::vector<config::LineProblem> problems_;
  std::vector<config::LineProblem> warnings_;
};

}  // namespace

EnvFile parse_env_file(std::string_view text, std::string_view file_name) {
  return Parser(config::clean(text)).parse(file_name);
}

}  // namespace gaffer::importers
