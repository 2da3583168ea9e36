#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "gaffer/result.h"

namespace re2 {
class RE2;
}

namespace gaffer::stream {

/// What a line has to have in it to be found: a text, or a regular expression of RE2, which takes
/// time in proportion to the line, whatever the expression.
class Matcher {
 public:
  static Matcher of_text(std::string text);
  /// ERRORS: InvalidArgument, with what is wrong with the expression.
  static Result<Matcher> of_expression(const std::string& expression);

  Matcher(Matcher&& other) noexcept;
  Matcher& operator=(Matcher&& other) noexcept;
  ~Matcher();

  [[nodiscard]] bool matches(std::string_view line) const;

  /// Where the next match may begin in a text of several lines; npos if there is none in it. What is
  /// before it is in no line that matches; the line at it may match or not.
  [[nodiscard]] std::size_t find_candidate(std::string_view text) const;

 private:
  Matcher();
  [[nodiscard]] std::size_t find_text(std::string_view text) const;

  std::string text_;
  std::size_t rarest_ = 0;  // Where its rarest byte stands: that one is looked for.
  std::unique_ptr<re2::RE2> expression_;
};

}  // namespace gaffer::stream
