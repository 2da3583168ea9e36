#include "core/config/validate.h"

#include <algorithm>
#include <optional>
#include <string_view>

#include "base/shell_words.h"
#include "base/strings.h"
#include "core/config/text.h"

namespace gaffer::config {
namespace {

constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
constexpr std::string_view kNameCharacters =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";

bool has_nul(std::string_view text) { return text.find('\0') != std::string_view::npos; }

std::optional<std::string> wrong_with_name(std::string_view name) {
  if (name.empty()) return R"(name is empty: it must have letters, digits, ".", "_" or "-")";
  if (name.size() > kMaxNameLength) {
    return "name has " + std::to_string(name.size()) + " characters: at most " +
           std::to_string(kMaxNameLength) + " are allowed";
  }
  if (name.find_first_not_of(kNameCharacters) != std::string_view::npos) {
    return "name is " + in_quotes(name) + R"(: only letters, digits, ".", "_" and "-" are allowed)";
  }
  if (name.find_first_of(kLetters) == std::string_view::npos) {
    return "name is " + in_quotes(name) +
           ": it needs at least one letter, because a number alone is a pid";
  }
  return std::nullopt;
}

std::optional<std::string> wrong_with_cmd(const ProcessTemplate& wanted) {
  if (trim(wanted.cmd).empty()) return "cmd is missing: it must say what to run";
  if (wanted.shell) return std::nullopt;
  const auto words = split_shell_words(wanted.cmd);
  if (!words) {
    return "cmd cannot be split into words: " + words.error().message +
           "; a quote needs its pair, a backslash a character after it";
  }
  // A line continuation alone (backslash, newline) is one word without letters, as '' is.
  if (words->empty() || words->front().empty()) {
    return "cmd begins with an empty word: the first word must name the program";
  }
  return std::nullopt;
}

std::optional<std::string> wrong_with_env(const ProcessTemplate& wanted) {
  for (const auto& [name, value] : wanted.env) {
    if (name.empty()) return "env has a variable without a name: every variable needs one";
    if (name.find('=') != std::string::npos) {
      return "env has a variable " + in_quotes(name) + R"(: a name may not have "=" in it)";
    }
  }
  return std::nullopt;
}

std::optional<std::string> wrong_with_numprocesses(int numprocesses) {
  if (numprocesses >= 0 && numprocesses <= kMaxProcesses) return std::nullopt;
  return "numprocesses is " + std::to_string(numprocesses) +
         ": it must be a whole number from 0 to " + std::to_string(kMaxProcesses);
}

std::optional<std::string> wrong_with_port(const ProcessTemplate& wanted) {
  constexpr int kPorts = 65536;
  if (!wanted.port) return std::nullopt;
  if (*wanted.port == 0) return "port is 0: it must be a whole number from 1 to 65535";
  if (wanted.numprocesses <= kPorts - *wanted.port) return std::nullopt;
  return "port is " + std::to_string(*wanted.port) + ", too high for " +
         std::to_string(wanted.numprocesses) + " processes: the last one's may be at most 65535";
}

std::optional<std::string> wrong_with_timeout(std::chrono::milliseconds timeout) {
  if (timeout.count() >= 0 && timeout <= kMaxGracefulTimeout) return std::nullopt;
  return "graceful_timeout is " + std::to_string(timeout.count()) +
         " ms: it must be from 0 to 86400 seconds, which is one day";
}

std::optional<std::string> wrong_with_umask(std::optional<unsigned> mask) {
  constexpr unsigned kHighest = 0777;
  if (!mask || *mask <= kHighest) return std::nullopt;
  return "umask is too high: it must be an octal number from 0 to 777";
}

std::optional<std::string> wrong_with_codes(const std::set<int>& codes) {
  constexpr int kHighest = 255;
  const bool is_right = codes.empty() || (*codes.begin() >= 0 && *codes.rbegin() <= kHighest);
  if (is_right) return std::nullopt;
  return "success_exit_codes has a number that is no exit code: they are from 0 to 255";
}

void find_nuls(const ProcessTemplate& wanted, std::vector<Problem>& problems) {
  const auto report = [&problems](const std::string& key) {
    problems.push_back({key, key + " has a NUL byte: no value can have one"});
  };
  if (has_nul(wanted.cmd)) report("cmd");
  if (std::any_of(wanted.args.begin(), wanted.args.end(), has_nul)) report("args");
  const auto has_nul_in_pair = [](const auto& variable) {
    return has_nul(variable.first) || has_nul(variable.second);
  };
  if (std::any_of(wanted.env.begin(), wanted.env.end(), has_nul_in_pair)) report("env");
  if (has_nul(wanted.cwd)) report("cwd");
  if (has_nul(wanted.uid)) report("uid");
  if (has_nul(wanted.gid)) report("gid");
}

}  // namespace

std::vector<Problem> validate(const ProcessTemplate& wanted) {
  std::vector<Problem> problems;
  const auto check = [&problems](const char* key, std::optional<std::string> wrong) {
    if (wrong) problems.push_back({key, *std::move(wrong)});
  };
  check("name", wrong_with_name(wanted.name));
  check("cmd", wrong_with_cmd(wanted));
  check("env", wrong_with_env(wanted));
  check("numprocesses", wrong_with_numprocesses(wanted.numprocesses));
  check("port", wrong_with_port(wanted));
  check("umask", wrong_with_umask(wanted.umask));
  check("success_exit_codes", wrong_with_codes(wanted.success_exit_codes));
  check("graceful_timeout", wrong_with_timeout(wanted.graceful_timeout));
  find_nuls(wanted, problems);
  return problems;
}

}  // namespace gaffer::config
