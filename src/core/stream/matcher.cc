#include "core/stream/matcher.h"

#include <cstring>

#include <re2/re2.h>

namespace gaffer::stream {
namespace {

constexpr std::int64_t kMaxMemory = std::int64_t{8} << 20;

/// How common a byte is in logs: rather letters that are frequent in words, digits and blanks.
int frequency(char byte) {
  constexpr std::string_view kOften = " etaoinsrhldcumfpgwybvk0123456789.:-/,=_\"[]()xjqz";
  const auto place = kOften.find(byte);
  return place == std::string_view::npos ? 0 : static_cast<int>(kOften.size() - place);
}

}  // namespace

Matcher::Matcher() = default;
Matcher::Matcher(Matcher&&) noexcept = default;
Matcher& Matcher::operator=(Matcher&&) noexcept = default;
Matcher::~Matcher() = default;

Matcher Matcher::of_text(std::string text) {
  Matcher matcher;
  matcher.text_ = std::move(text);
  for (std::size_t at = 1; at < matcher.text_.size(); ++at) {
    if (frequency(matcher.text_[at]) < frequency(matcher.text_[matcher.rarest_]))
      matcher.rarest_ = at;
  }
  return matcher;
}

Result<Matcher> Matcher::of_expression(const std::string& expression) {
  re2::RE2::Options options(re2::RE2::Latin1);  // Any bytes.
  options.set_log_errors(false);
  options.set_max_mem(kMaxMemory);
  Matcher matcher;
  matcher.expression_ = std::make_unique<re2::RE2>(expression, options);
  if (matcher.expression_->ok()) return matcher;
  return Error{Errc::InvalidArgument, 0,
               "bad expression \"" + expression + "\": " + matcher.expression_->error()};
}

bool Matcher::matches(std::string_view line) const {
  if (!expression_) return find_text(line) != std::string_view::npos;
  return re2::RE2::PartialMatch(re2::StringPiece(line.data(), line.size()), *expression_);
}

std::size_t Matcher::find_candidate(std::string_view text) const {
  if (!expression_) return find_text(text);
  return text.empty() ? std::string_view::npos : 0;  // An expression is tried line by line.
}

// memchr for the rarest byte is several times as fast as memmem for the whole.
std::size_t Matcher::find_text(std::string_view text) const {
  if (text_.empty()) return text.empty() ? std::string_view::npos : 0;
  if (text.size() < text_.size()) return std::string_view::npos;
  const char* const end = text.data() + text.size() - (text_.size() - 1 - rarest_);
  const char* at = text.data() + rarest_;
  while (at < end) {
    at = static_cast<const char*>(
        std::memchr(at, text_[rarest_], static_cast<std::size_t>(end - at)));
    if (at == nullptr) break;
    const char* const begin = at - rarest_;
    if (std::memcmp(begin, text_.data(), text_.size()) == 0)
      return static_cast<std::size_t>(begin - text.data());
    ++at;
  }
  return std::string_view::npos;
}

}  // namespace gaffer::stream
