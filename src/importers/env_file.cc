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
    if (problems_.empty()) return {std::move(variables_), {}};
    return {{}, sentences(file_name, std::move(problems_))};
  }

 private:
  void report(int line, std::string message) { problems_.push_back({line, std::move(message)}); }

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
    const std::string_view name = without_export(trim(line().substr(0, equals)));
    if (!is_name(name)) {
      report(line_,
             in_quotes(name) +
                 " is not a name: it must be a letter or _, then letters, digits, _, . and -");
    }
    read_value(name, equals + 1);
  }

  void read_value(std::string_view name, std::size_t begin) {
    const std::string_view value = line().substr(begin);
    const auto quote = value.find_first_not_of(kBlank);
    if (quote != std::string_view::npos && (value[quote] == '"' || value[quote] == '\'')) {
      return read_quoted(name, begin + quote);
    }
    set(name, std::string(plain_value(value)));
    skip_line();
  }

  void read_quoted(std::string_view name, std::size_t begin) {
    auto value = quoted_value(rest_.substr(begin));
    if (!value) {
      report(line_, std::string("the ") + rest_[begin] + " quote is not closed");
      return skip_line();  // The next line may be meant as it stands.
    }
    set(name, std::move(value->value));
    const int opened = line_;
    skip(begin + value->length);
    if (const std::string_view after = trim(line()); !after.empty() && after.front() != '#') {
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
};

}  // namespace

EnvFile parse_env_file(std::string_view text, std::string_view file_name) {
  return Parser(config::clean(text)).parse(file_name);
}

}  // namespace gaffer::importers
