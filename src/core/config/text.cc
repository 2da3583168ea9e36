#include "core/config/text.h"

#include <algorithm>

namespace gaffer::config {

std::vector<std::string> sentences(std::string_view file_name, std::vector<LineProblem> problems) {
  std::stable_sort(
      problems.begin(), problems.end(),
      [](const LineProblem& left, const LineProblem& right) { return left.line < right.line; });
  std::vector<std::string> found;
  found.reserve(problems.size());
  for (const LineProblem& problem : problems) {
    found.push_back(std::string(file_name) + ":" + std::to_string(problem.line) + ": " +
                    problem.message);
  }
  return found;
}

std::string in_quotes(std::string_view text) {
  constexpr std::size_t kShown = 60;
  const bool is_cut = text.size() > kShown;
  if (is_cut) {
    std::size_t end = kShown;
    // Not in the middle of a UTF-8 character, which has at most three bytes after its first.
    while (end > kShown - 3 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U)
      --end;
    text = text.substr(0, end);
  }
  std::string shown(text);
  std::replace_if(
      shown.begin(), shown.end(), [](unsigned char c) { return c < 0x20U || c == 0x7FU; }, '?');
  return '"' + shown + (is_cut ? "...\"" : "\"");
}

CleanText clean(std::string_view raw) {
  CleanText result;
  if (raw.size() > kMaxText) {
    result.problems.push_back({1, "the file is longer than 1 MiB: split it into several"});
    return result;
  }
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (raw.starts_with(kByteOrderMark)) raw.remove_prefix(kByteOrderMark.size());

  result.text.reserve(raw.size());
  int line = 1;
  for (std::size_t i = 0; i < raw.size(); ++i) {
    if (raw[i] == '\r' && i + 1 < raw.size() && raw[i + 1] == '\n') continue;
    if (raw[i] == '\n') ++line;
    if (raw[i] == '\0' && (result.problems.empty() || result.problems.back().line != line)) {
      result.problems.push_back({line, "the line has a NUL byte: the file must be text"});
    }
    result.text += raw[i] == '\0' ? '?' : raw[i];
  }
  return result;
}

}  // namespace gaffer::config
