#include "core/config/names.h"

#include "base/strings.h"
#include "core/config/text.h"

namespace gaffer::config {
namespace {

constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
constexpr std::string_view kNameCharacters =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";

/// `what` begins the message: `name`, `the group in name`, `a label of redirect_output`.
std::optional<std::string> wrong_with_word(const std::string& what, std::string_view word) {
  if (word.empty()) return what + R"( is empty: it must have letters, digits, ".", "_" or "-")";
  if (word.size() > kMaxNameLength) {
    return what + " has " + std::to_string(word.size()) + " characters: at most " +
           std::to_string(kMaxNameLength) + " are allowed";
  }
  if (word.find_first_not_of(kNameCharacters) != std::string_view::npos) {
    return what + " is " + in_quotes(word) +
           R"(: only letters, digits, ".", "_" and "-" are allowed)";
  }
  return std::nullopt;
}

std::optional<std::string> wrong_with_part(const std::string& what, std::string_view part) {
  if (auto wrong = wrong_with_word(what, part)) return wrong;
  if (part.find_first_of(kLetters) != std::string_view::npos) return std::nullopt;
  return what + " is " + in_quotes(part) +
         ": it needs at least one letter, because a number alone is a pid";
}

}  // namespace

std::string_view group_of(std::string_view name) {
  const auto colon = name.find(':');
  return colon == std::string_view::npos ? std::string_view() : name.substr(0, colon);
}

std::optional<std::string> wrong_with_name(std::string_view name) {
  const auto parts = split(name, ':');
  if (parts.size() == 1) return wrong_with_part("name", name);
  if (parts.size() > 2) {
    return "name is " + in_quotes(name) + ": it must be one name, or group:name";
  }
  auto wrong = wrong_with_part("the group in name", parts[0]);
  return wrong ? wrong : wrong_with_part("what follows the group in name", parts[1]);
}

std::optional<std::string> wrong_with_label(std::string_view of, std::string_view label) {
  const std::string what = "a label of " + std::string(of);
  if (label == "." || label == "..") {
    return what + " is " + in_quotes(label) + ": it must be a word, such as out";
  }
  return wrong_with_word(what, label);
}

}  // namespace gaffer::config
