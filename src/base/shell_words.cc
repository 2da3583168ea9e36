#include "base/shell_words.h"

#include <optional>

namespace gaffer {
namespace {

/// Reads words off the front of a line.
class Splitter {
 public:
  explicit Splitter(std::string_view line) : rest_(line) {}

  /// The next word, or nothing at the end of the line.
  Result<std::optional<std::string>> next() {
    rest_.remove_prefix(std::min(rest_.find_first_not_of(kBlank), rest_.size()));
    if (rest_.empty()) return std::nullopt;
    std::string word;
    while (!rest_.empty() && kBlank.find(rest_.front()) == std::string_view::npos) {
      GAFFER_TRY(take_piece(word));
    }
    return word;
  }

 private:
  static constexpr std::string_view kBlank = " \t\r\n";

  char take() {
    const char c = rest_.front();
    rest_.remove_prefix(1);
    return c;
  }

  Result<void> take_piece(std::string& word) {
    switch (const char c = take()) {
      case '\'':
        return take_single_quoted(word);
      case '"':
        return take_double_quoted(word);
      case '\\':
        if (rest_.empty())
          return Error{Errc::InvalidArgument, 0, "backslash at the end of the line"};
        if (const char next = take(); next != '\n') word += next;
        return {};
      default:
        word += c;
        return {};
    }
  }

  Result<void> take_single_quoted(std::string& word) {
    const auto end = rest_.find('\'');
    if (end == std::string_view::npos) return Error{Errc::InvalidArgument, 0, "unclosed ' quote"};
    word += rest_.substr(0, end);
    rest_.remove_prefix(end + 1);
    return {};
  }

  Result<void> take_double_quoted(std::string& word) {
    while (!rest_.empty()) {
      const char c = take();
      if (c == '"') return {};
      // Within double quotes a backslash protects only these (XCU 2.2.3); else it stands for
      // itself.
      if (c != '\\' || rest_.empty() ||
          std::string_view("$`\"\\\n").find(rest_.front()) == std::string_view::npos) {
        word += c;
      } else if (const char next = take(); next != '\n') {
        word += next;
      }
    }
    return Error{Errc::InvalidArgument, 0, "unclosed \" quote"};
  }

  std::string_view rest_;
};

}  // namespace

Result<std::vector<std::string>> split_shell_words(std::string_view line) {
  std::vector<std::string> words;
  Splitter splitter(line);
  while (true) {
    GAFFER_TRY(std::optional<std::string> word, splitter.next());
    if (!word) return words;
    words.push_back(std::move(*word));
  }
}

std::string quote_shell_word(std::string_view word) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=.,/:@%";
  if (!word.empty() && word.find_first_not_of(kPlain) == std::string_view::npos) {
    return std::string(word);
  }
  std::string quoted = "'";
  for (const char c : word) {
    if (c == '\'') {
      quoted += "'\\''";
    } else {
      quoted += c;
    }
  }
  return quoted + "'";
}

}  // namespace gaffer
