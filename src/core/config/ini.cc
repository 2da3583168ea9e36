#include "core/config/ini.h"

#include <map>
#include <utility>

#include "base/strings.h"

namespace gaffer::config {
namespace {

constexpr std::string_view kVariable = "env:";

/// Whether a line is `env:NAME = value`, whose colon belongs to the key.
bool names_variable(std::string_view line) {
  constexpr std::string_view kNoName = " \t=:";
  return line.starts_with(kVariable) && line.size() > kVariable.size() &&
         kNoName.find(line[kVariable.size()]) == std::string_view::npos;
}

/// Takes the lines of a file one after the other.
class Parser {
 public:
  explicit Parser(std::vector<LineProblem> problems) { ini_.problems = std::move(problems); }

  void read(std::string_view line) {
    ++line_;
    const std::string_view text = trim(line);
    if (text.empty()) {
      ++blank_lines_;
      return;
    }
    if (text.front() == '#' || text.front() == ';') return;

    const auto indent = static_cast<std::size_t>(text.data() - line.data());
    if (entry_ != nullptr && indent > entry_indent_) {
      entry_->value.append(blank_lines_ + 1, '\n').append(text);
    } else if (text.front() == '[') {
      open_section(text);
    } else {
      entry_indent_ = indent;
      add_entry(text);
    }
    blank_lines_ = 0;
  }

  /// Whether there are more sections than are read.
  [[nodiscard]] bool is_full() const { return is_full_; }

  Ini take() { return std::move(ini_); }

 private:
  void report(std::string message) { ini_.problems.push_back({line_, std::move(message)}); }

  /// What follows belongs to a section that is not kept.
  void discard_section() {
    section_ = &discarded_;
    entry_ = nullptr;
    key_lines_.clear();
  }

  void open_section(std::string_view text) {
    discard_section();
    const auto end = text.find(']');
    if (end == std::string_view::npos) {
      return report("section header " + in_quotes(text) +
                    R"( is not closed: it must end with "]")");
    }
    const std::string_view name = trim(text.substr(1, end - 1));
    if (name.empty() || name.find('[') != std::string_view::npos || end + 1 != text.size()) {
      return report("section header " + in_quotes(text) +
                    " is not valid: it must be a name between brackets and nothing else");
    }
    const auto [known, is_new] = section_lines_.emplace(name, line_);
    if (!is_new) {
      return report("section " + in_quotes(name) + " stands already on line " +
                    std::to_string(known->second) + ": put both into one");
    }
    if (ini_.sections.size() == kMaxIniSections) {
      is_full_ = true;
      return report("the file has more than " + std::to_string(kMaxIniSections) +
                    " sections: split it into several");
    }
    section_ = &ini_.sections.emplace_back(IniSection{std::string(name), {}, line_});
  }

  void add_entry(std::string_view text) {
    if (section_ == nullptr) {
      report(in_quotes(text) +
             " stands before any section: begin with a line such as [process:web]");
      discard_section();  // One missing header is one problem.
    }
    const auto delimiter = text.find_first_of("=:", names_variable(text) ? kVariable.size() : 0);
    if (delimiter == std::string_view::npos) {
      return report(in_quotes(text) + " is neither a [section] nor key = value");
    }
    const std::string_view key = trim(text.substr(0, delimiter));
    if (key.empty()) return report(in_quotes(text) + " has no key before the " + text[delimiter]);

    IniSection* section = section_;
    const auto [known, is_new] = key_lines_.emplace(key, line_);
    if (!is_new) {
      report("key " + in_quotes(key) + " stands already on line " + std::to_string(known->second) +
             ": keep one of them");
      section = &discarded_;
    }
    const std::string_view value = trim(text.substr(delimiter + 1));
    entry_ = &section->entries.emplace_back(IniEntry{std::string(key), std::string(value), line_});
  }

  Ini ini_;
  int line_ = 0;
  bool is_full_ = false;

  IniSection discarded_;           // Takes what follows a bad header and what stands twice.
  IniSection* section_ = nullptr;  // The last of ini_.sections or discarded_; null before any.
  IniEntry* entry_ = nullptr;      // The last entry, which an indented line continues.
  std::size_t entry_indent_ = 0;
  std::size_t blank_lines_ = 0;  // Since the last line with text.

  std::map<std::string, int, std::less<>> section_lines_;
  std::map<std::string, int, std::less<>> key_lines_;  // Of the section.
};

}  // namespace

Ini parse_ini(std::string_view text) {
  CleanText cleaned = clean(text);
  Parser parser(std::move(cleaned.problems));
  for (const std::string_view line : split(cleaned.text, '\n')) {
    parser.read(line);
    if (parser.is_full()) break;
  }
  return parser.take();
}

}  // namespace gaffer::config
