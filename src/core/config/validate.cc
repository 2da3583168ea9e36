#include "core/config/validate.h"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <string_view>

#include "base/resource_names.h"
#include "base/shell_words.h"
#include "base/strings.h"
#include "core/config/names.h"
#include "core/config/text.h"
#include "core/config/text_forms.h"

namespace gaffer::config {
namespace {

using Wrong = std::optional<std::string>;
using std::chrono::milliseconds;

constexpr int kMaxCount = std::numeric_limits<int>::max();

bool has_nul(std::string_view text) { return text.find('\0') != std::string_view::npos; }

Wrong wrong_with_cmd(const ProcessTemplate& wanted) {
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

Wrong wrong_with_env(const ProcessTemplate& wanted) {
  for (const auto& [name, value] : wanted.env) {
    if (name.empty()) return "env has a variable without a name: every variable needs one";
    if (name.find('=') != std::string::npos) {
      return "env has a variable " + in_quotes(name) + R"(: a name may not have "=" in it)";
    }
  }
  return std::nullopt;
}

Wrong out_of_range(std::string_view what, std::optional<int> number, int least, int most) {
  if (!number || (*number >= least && *number <= most)) return std::nullopt;
  return std::string(what) + " is " + std::to_string(*number) +
         ": it must be a whole number from " + std::to_string(least) + " to " +
         std::to_string(most);
}

Wrong out_of_range(std::string_view what, milliseconds time, milliseconds least = {}) {
  if (time >= least && time <= kMaxTime) return std::nullopt;
  return std::string(what) + " is " + std::to_string(time.count()) + " ms: it must be " +
         (least.count() == 0 ? "from 0 to" : "more than 0 and at most") +
         " 86400 seconds, which is one day";
}

/// The first that is wrong.
Wrong first_of(std::initializer_list<Wrong> all) {
  for (const Wrong& wrong : all) {
    if (wrong) return wrong;
  }
  return std::nullopt;
}

Wrong wrong_with_port(const ProcessTemplate& wanted) {
  constexpr int kPorts = 65536;
  if (!wanted.port) return std::nullopt;
  if (*wanted.port == 0) return "port is 0: it must be a whole number from 1 to 65535";
  if (wanted.numprocesses <= kPorts - *wanted.port) return std::nullopt;
  return "port is " + std::to_string(*wanted.port) + ", too high for " +
         std::to_string(wanted.numprocesses) + " processes: the last one's may be at most 65535";
}

Wrong wrong_with_umask(std::optional<unsigned> mask) {
  constexpr unsigned kHighest = 0777;
  if (!mask || *mask <= kHighest) return std::nullopt;
  return "umask is too high: it must be an octal number from 0 to 777";
}

Wrong wrong_with_codes(const std::set<int>& codes) {
  constexpr int kHighest = 255;
  const bool is_right = codes.empty() || (*codes.begin() >= 0 && *codes.rbegin() <= kHighest);
  if (is_right) return std::nullopt;
  return "success_exit_codes has a number that is no exit code: they are from 0 to 255";
}

Wrong wrong_with_processors(const std::set<int>& processors) {
  constexpr int kHighest = 1023;  // Of cpu_set_t, CPU_SET(3).
  if (processors.empty() || (*processors.begin() >= 0 && *processors.rbegin() <= kHighest)) {
    return std::nullopt;
  }
  return "cpu_affinity has a number that is no processor: they are from 0 to 1023";
}

Wrong wrong_with_flapping(const std::optional<Flapping>& flapping) {
  if (!flapping) return std::nullopt;
  constexpr milliseconds kLeast{1};
  return first_of({out_of_range("attempts of flapping", flapping->attempts, 1, 1000),
                   out_of_range("window of flapping", flapping->window, kLeast),
                   out_of_range("retry_in of flapping", flapping->retry_in, kLeast),
                   out_of_range("max_retry of flapping", flapping->max_retry, 0, kMaxCount)});
}

Wrong wrong_with_backoff(const Backoff& backoff) {
  if (backoff.base > backoff.cap) {
    return "base of backoff is " + std::to_string(backoff.base.count()) +
           " ms, more than its cap of " + std::to_string(backoff.cap.count()) +
           " ms: the cap must be the longest pause";
  }
  if (!(backoff.jitter >= 0 && backoff.jitter <= 1)) {
    return "jitter of backoff is out of range: it must be a share from 0 to 1, such as 0.2";
  }
  return first_of({out_of_range("base of backoff", backoff.base),
                   out_of_range("cap of backoff", backoff.cap),
                   out_of_range("min_uptime of backoff", backoff.min_uptime)});
}

Wrong wrong_with_output(const ProcessTemplate& wanted) {
  if (wanted.redirect_output.size() > 2) {
    return "redirect_output has " + std::to_string(wanted.redirect_output.size()) +
           " labels: it must be one for standard output and one for standard error";
  }
  for (const std::string& label : wanted.redirect_output) {
    if (auto wrong = wrong_with_label("redirect_output", label)) return wrong;
  }
  return std::nullopt;
}

Wrong wrong_with_custom_streams(const ProcessTemplate& wanted) {
  if (wanted.custom_streams.size() > kMaxCustomStreams) {
    return "custom_streams has " + std::to_string(wanted.custom_streams.size()) +
           " labels: it must be at most " + std::to_string(kMaxCustomStreams);
  }
  std::vector<std::string> taken = wanted.redirect_output;
  if (taken.empty()) taken.emplace_back("output");  // Where nothing else is said.
  for (const std::string& label : wanted.custom_streams) {
    if (auto wrong = wrong_with_label("custom_streams", label)) return wrong;
    if (std::find(taken.begin(), taken.end(), label) != taken.end()) {
      return "custom_streams has the label " + label +
             ", which another stream has: each must be of its own";
    }
    taken.push_back(label);
  }
  return std::nullopt;
}

/// What may stand between braces in the path of a log.
Wrong wrong_with_pattern(std::string_view key, std::string_view path) {
  constexpr std::array<std::string_view, 5> kWords = {"name", "slot", "pid", "label", "date"};
  for (auto open = path.find('{'); open != std::string_view::npos;
       open = path.find('{', open + 1)) {
    const std::string_view word = path.substr(open + 1, path.find('}', open) - open - 1);
    if (std::ranges::find(kWords, word) != kWords.end()) continue;
    return std::string(key) + " has " + in_quotes("{" + std::string(word) + "}") +
           ": it must be {name}, {slot}, {pid}, {label} or {date}";
  }
  return std::nullopt;
}

Wrong wrong_with_log(std::string_view key, const std::string& path, const ProcessTemplate& wanted) {
  if (path.empty()) return std::nullopt;
  const auto is_control = [](unsigned char byte) { return byte < ' '; };
  if (path.front() != '/' || path.back() == '/' || std::ranges::any_of(path, is_control))
    return std::string(key) + " is " + in_quotes(path) +
           ": it must be an absolute path of a file, without control characters";
  if (wanted.detach)
    return std::string(key) +
           " and detach do not go together: the streams of a detached process "
           "are /dev/null";
  const bool is_shared = path.find("{slot}") == std::string::npos &&
                         path.find("{pid}") == std::string::npos && wanted.numprocesses > 1;
  if (is_shared)
    return std::string(key) + " is one file for " + std::to_string(wanted.numprocesses) +
           " processes: put {slot} into its name";
  return wrong_with_pattern(key, path);
}

Wrong wrong_with_stderr_log(const ProcessTemplate& wanted) {
  if (wanted.stderr_log.empty()) return std::nullopt;
  if (wanted.pty) return "stderr_log and pty do not go together: a terminal is one stream";
  if (wanted.redirect_output.size() == 1)
    return "stderr_log needs a second label of redirect_output: with one, standard error is "
           "/dev/null";
  return wrong_with_log("stderr_log", wanted.stderr_log, wanted);
}

Wrong wrong_with_age(std::optional<milliseconds> age) {
  if (!age || (*age > milliseconds(0) && *age <= kMaxAge)) return std::nullopt;
  return "log_max_age is out of range: it must be a time up to 3653d";
}

Wrong wrong_with_terminal(const ProcessTemplate& wanted) {
  if (!wanted.pty) return std::nullopt;
  constexpr int kHighest = 65535;  // A winsize has unsigned shorts, ioctl_tty(2).
  if (wanted.redirect_output.size() > 1) {
    return "pty goes with one label of redirect_output: a terminal is one stream";
  }
  if (wanted.redirect_input) {
    return "pty and redirect_input do not go together: a terminal is the input as well";
  }
  return first_of({out_of_range("rows of pty", wanted.pty->rows, 1, kHighest),
                   out_of_range("columns of pty", wanted.pty->columns, 1, kHighest)});
}

Wrong wrong_with_detach(const ProcessTemplate& wanted) {
  const bool has_streams = wanted.pty || !wanted.redirect_output.empty() || wanted.redirect_input ||
                           !wanted.custom_streams.empty();
  if (!wanted.detach || !has_streams) return std::nullopt;
  return "detach goes without pty, redirect_output, redirect_input and custom_streams: the streams "
         "of a detached process are /dev/null";
}

bool is_above(std::optional<std::uint64_t> soft, std::optional<std::uint64_t> hard) {
  return hard && (!soft || *soft > *hard);
}

Wrong wrong_with_limits(const std::map<std::string, ResourceLimit>& limits) {
  for (const auto& [name, limit] : limits) {
    if (std::find(kResourceNames.begin(), kResourceNames.end(), name) == kResourceNames.end()) {
      return "rlimits has no limit " + in_quotes(name) + did_you_mean(name, kResourceNames);
    }
    if (limit.soft.value_or(0) > kMaxSize || limit.hard.value_or(0) > kMaxSize) {
      return "the limit " + name + " is too high: say unlimited";
    }
    if (is_above(limit.soft, limit.hard)) {
      return "the limit " + name + " is " + limit_text(limit) +
             ": the soft limit, which stands first, must not be above the hard one";
    }
  }
  return std::nullopt;
}

Wrong wrong_with_io_priority(const std::optional<IoPriority>& priority) {
  return priority ? out_of_range("the level of ionice", priority->level, 0, 7) : std::nullopt;
}

Wrong wrong_with_memory(std::optional<std::uint64_t> bytes) {
  if (!bytes || (*bytes > 0 && *bytes <= kMaxSize)) return std::nullopt;
  return "memory_limit is " + std::to_string(*bytes) + ": it must be a number of bytes above 0";
}

Wrong wrong_with_processor_time(std::optional<double> processors) {
  // The kernel takes no quota below 1 ms (kernel/sched/core.c, min_cfs_quota_period): 0.01 of a
  // period of 100 ms.
  if (!processors || (*processors >= 0.01 && *processors <= 10'000)) return std::nullopt;
  return "cpu_limit is out of range: it must be a number of processors from 0.01 to 10000";
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
  if (has_nul(wanted.env_file)) report("env_file");
  if (has_nul(wanted.cwd)) report("cwd");
  if (has_nul(wanted.uid)) report("uid");
  if (has_nul(wanted.gid)) report("gid");
}

}  // namespace

std::vector<Problem> validate(const ProcessTemplate& wanted) {
  std::vector<Problem> problems;
  const auto check = [&problems](const char* key, Wrong wrong) {
    if (wrong) problems.push_back({key, *std::move(wrong)});
  };
  check("name", wrong_with_name(wanted.name));
  check("cmd", wrong_with_cmd(wanted));
  check("env", wrong_with_env(wanted));
  check("numprocesses", out_of_range("numprocesses", wanted.numprocesses, 0, kMaxProcesses));
  check("port", wrong_with_port(wanted));
  check("umask", wrong_with_umask(wanted.umask));
  check("success_exit_codes", wrong_with_codes(wanted.success_exit_codes));
  check("graceful_timeout", out_of_range("graceful_timeout", wanted.graceful_timeout));
  check("flapping", wrong_with_flapping(wanted.flapping));
  check("backoff", wrong_with_backoff(wanted.backoff));
  check("redirect_output", wrong_with_output(wanted));
  check("custom_streams", wrong_with_custom_streams(wanted));
  check("stdout_log", wrong_with_log("stdout_log", wanted.stdout_log, wanted));
  check("stderr_log", wrong_with_stderr_log(wanted));
  check("log_keep", out_of_range("log_keep", wanted.log_keep, 0, 10'000));
  check("log_max_age", wrong_with_age(wanted.log_max_age));
  check("pty", wrong_with_terminal(wanted));
  check("detach", wrong_with_detach(wanted));
  check("rlimits", wrong_with_limits(wanted.rlimits));
  check("nice", out_of_range("nice", wanted.nice, -20, 19));
  check("ionice", wrong_with_io_priority(wanted.ionice));
  check("cpu_affinity", wrong_with_processors(wanted.cpu_affinity));
  check("oom_score_adj", out_of_range("oom_score_adj", wanted.oom_score_adj, -1000, 1000));
  check("memory_limit", wrong_with_memory(wanted.memory_limit));
  check("cpu_limit", wrong_with_processor_time(wanted.cpu_limit));
  check("pids_limit", out_of_range("pids_limit", wanted.pids_limit, 1, kMaxCount));
  find_nuls(wanted, problems);
  return problems;
}

}  // namespace gaffer::config
